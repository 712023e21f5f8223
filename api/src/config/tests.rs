//! What each key takes and refuses. Not here: what the rest of the server does with it.

use super::*;

fn config(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn nothing_given_is_a_laptop() {
    let config = config(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
    assert_eq!((config.data_dir.to_str(), config.keys_dir.to_str()), (Some("./jalon-data"), Some("./jalon-data/keys")));
    assert_eq!((config.database_url.as_str(), config.is_embedded(), config.database_connections), ("sqlite://./jalon-data/jalon.db", true, 16));
    assert!((1..=64).contains(&config.workers) && config.rate_limit && config.cors_origins.is_empty());
    assert_eq!((config.department.as_str(), config.log.as_str(), config.log_format), ("87", "info", LogFormat::Json));
}

#[test]
fn each_key_is_read() {
    let config = config(&[
        ("JALON_LISTEN", "[::1]:9000"),
        ("JALON_PUBLIC_URL", "https://jalon.example:8443"),
        ("JALON_DATA_DIR", "/srv/jalon"),
        ("JALON_DATABASE_URL", "postgres://jalon@db/jalon"),
        ("JALON_DATABASE_PASSWORD_FILE", "/run/secrets/password"),
        ("JALON_DATABASE_CONNECTIONS", "200"),
        ("JALON_KEYS_DIR", "/srv/keys"),
        ("JALON_WORKERS", "64"),
        ("JALON_RATE_LIMIT", "off"),
        ("JALON_CORS_ORIGINS", "https://app.example, http://localhost:5173"),
        ("JALON_DEPARTMENT", "2A"),
        ("JALON_LOG", "warn,api=debug"),
        ("JALON_LOG_FORMAT", "text"),
        ("JALON_CONFIG", "/etc/jalon.conf"),
    ])
    .unwrap();
    let expected = Config {
        listen: "[::1]:9000".parse().unwrap(),
        public_url: "https://jalon.example:8443".into(),
        data_dir: "/srv/jalon".into(),
        database_url: "postgres://jalon@db/jalon".into(),
        database_named: true,
        database_password_file: Some("/run/secrets/password".into()),
        database_connections: 200,
        keys_dir: "/srv/keys".into(),
        workers: 64,
        rate_limit: false,
        cors_origins: vec!["https://app.example".into(), "http://localhost:5173".into()],
        trusted_proxies: Vec::new(),
        department: "2A".into(),
        log: "warn,api=debug".into(),
        log_format: LogFormat::Text,
    };
    assert_eq!(config, expected);
}

#[test]
fn a_bad_value_is_refused_with_the_name_of_its_key_and_without_itself() {
    for (name, values) in [
        ("JALON_LISTEN", &["localhost:8080", "8080", "127.0.0.1", "127.0.0.1:65536", " 127.0.0.1:1"][..]),
        ("JALON_PUBLIC_URL", &["https://jalon.example/", "https://jalon.example/api", "jalon.example", "ftp://jalon.example"]),
        ("JALON_DATABASE_URL", &["mysql://root:hunter2@db/jalon", "jalon.db", "sqlite:", "postgres://", "POSTGRES://db"]),
        ("JALON_DATABASE_CONNECTIONS", &["0", "201", "-1", "1.5", "many", "99999999999"]),
        ("JALON_WORKERS", &["0", "65", "auto"]),
        ("JALON_RATE_LIMIT", &["true", "On", "1"]),
        ("JALON_CORS_ORIGINS", &["*", "null", "https://a.example,", "https://a.example/,https://b.example", ",", "https://*.example/"]),
        ("JALON_DEPARTMENT", &["", "20", "00", "975", "8", "087", "2C", "2a", "97", "8７"][1..]),
        ("JALON_LOG", &["info,api=loud", "api=debug=x", "[[["]),
        ("JALON_LOG_FORMAT", &["xml", "JSON"]),
    ] {
        for value in values {
            let said = config(&[(name, value)]).unwrap_err().to_string();
            assert!(said.starts_with(&format!("{name} must be ")) && said.ends_with('.'), "{value}: {said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

#[test]
fn another_file_stands_in_for_the_default_one_alone() {
    let url = |pairs: &[(&str, &str)]| config(pairs).unwrap().with_own_file("demo.db").database_url;
    assert_eq!(url(&[("JALON_DATA_DIR", "/srv/jalon")]), "sqlite:///srv/jalon/demo.db");
    let named = [("JALON_DATA_DIR", "/srv/jalon"), ("JALON_DATABASE_URL", "sqlite:///srv/jalon/jalon.db")];
    assert_eq!(url(&named), "sqlite:///srv/jalon/jalon.db");
}

#[test]
fn an_origin_is_taken_only_as_a_browser_writes_it() {
    for good in ["https://a.example", "http://localhost:5173", "https://a.example:8443", "http://[::1]:8080", "https://a.example:80"] {
        assert_eq!(origin(good).as_deref(), Some(good));
    }
    for bad in [
        "",
        "*",
        "null",
        "https://",
        "https://a.example/",
        "https://a.example?",
        "https://a.example#",
        "https://a.example:443",
        "http://a.example:80",
        "https://A.example",
        "HTTPS://a.example",
        "https://user@a.example",
        "https://a.example:",
        "https://a.example:0443",
        "//a.example",
        "a.example",
        "file:///etc",
        " https://a.example",
        "https://a.example ",
        "https://a.example:99999",
        "https://é.example",
    ] {
        assert_eq!(origin(bad), None, "{bad}");
    }
}

#[test]
fn an_unknown_key_stops_the_start_unless_it_is_somebody_elses() {
    for name in ["JALON_LISTN", "JALON_", "JALON_LISTEN_", "JALON_DATABASE"] {
        let said = config(&[(name, "hunter2")]).unwrap_err().to_string();
        assert!(said.starts_with(&format!("{name} is not a key of Jalon")) && !said.contains("hunter2"), "{said}");
        assert!(config(&[(name, "")]).is_err(), "even without a value");
    }
    let others = ["JALON_TEST_POSTGRES_URL", "JALON_SERVICE_HOST", "JALON_PORT", "JALON_PORT_8080_TCP", "PATH", "jalon_listen", "XJALON_LISTEN"];
    assert!(config(&others.map(|name| (name, "anything"))).is_ok());
}

#[test]
fn the_later_wins_and_an_empty_value_counts_as_none() {
    assert_eq!(config(&[("JALON_DEPARTMENT", "19"), ("JALON_DEPARTMENT", "23")]).unwrap().department, "23");
    assert_eq!(config(&[("JALON_DEPARTMENT", "19"), ("JALON_DEPARTMENT", "")]).unwrap().department, "19");
    assert_eq!(config(&[("JALON_DEPARTMENT", "")]).unwrap().department, "87");
}

#[test]
fn the_default_files_lie_in_the_data_directory_whatever_it_is_called() {
    let config = config(&[("JALON_DATA_DIR", "/srv/a b?c#d%e:f@é")]).unwrap();
    assert_eq!(config.database_url, "sqlite:///srv/a%20b%3Fc%23d%25e%3Af%40%C3%A9/jalon.db");
    assert_eq!(config.keys_dir.to_str(), Some("/srv/a b?c#d%e:f@é/keys"));
    assert_eq!(config.database(), config.database_url);
}

#[test]
fn a_port_that_was_found_is_part_of_the_address_unless_one_was_given() {
    let bound: SocketAddr = "127.0.0.1:40123".parse().unwrap();
    let mut free = config(&[("JALON_LISTEN", "127.0.0.1:0")]).unwrap();
    free.bound(bound);
    assert_eq!((free.listen, free.public_url.as_str()), (bound, "http://127.0.0.1:40123"));
    let mut given = config(&[("JALON_LISTEN", "127.0.0.1:0"), ("JALON_PUBLIC_URL", "https://jalon.example")]).unwrap();
    given.bound(bound);
    assert_eq!((given.listen, given.public_url.as_str()), (bound, "https://jalon.example"));
}

#[test]
fn the_password_of_a_file_goes_into_the_url_percent_encoded() {
    let put = |url: &str| with_password(url, "p@ss:w/rd?#% é");
    assert_eq!(
        put("postgres://jalon@db:5432/jalon?sslmode=require").unwrap(),
        "postgres://jalon:p%40ss%3Aw%2Frd%3F%23%25%20%C3%A9@db:5432/jalon?sslmode=require"
    );
    assert_eq!(put("postgresql://a%40b@[::1]/jalon").unwrap(), "postgresql://a%40b:p%40ss%3Aw%2Frd%3F%23%25%20%C3%A9@[::1]/jalon");
    for url in ["postgres://jalon:hunter2@db/jalon", "postgres://db/jalon", "postgres://@db/jalon", "postgres:///jalon?user=a@b", "sqlite://a@b/c"] {
        let said = put(url).unwrap_err().to_string();
        assert!(said.starts_with("JALON_DATABASE_PASSWORD_FILE ") && !said.contains("hunter2") && !said.contains("p@ss"), "{said}");
    }
    assert!(with_password("postgres://jalon@db/jalon", "").is_err());
}

#[test]
fn no_password_is_shown() {
    for (url, shown) in [
        ("postgres://jalon:hunter2@db/jalon", "postgres://jalon@db/jalon"),
        ("postgres://jalon:hun@ter2@db/jalon", "postgres://jalon@db/jalon"),
        ("postgres://db/jalon?user=jalon&password=hunter2", "postgres://db/jalon"),
        ("postgres://:hunter2@db", "postgres://@db"),
        ("sqlite://jalon.db?mode=rwc", "sqlite://jalon.db"),
    ] {
        let config = config(&[("JALON_DATABASE_URL", url)]).unwrap();
        assert_eq!(config.database(), shown);
        let debugged = format!("{config:?}");
        assert!(debugged.contains(shown) && !debugged.contains("ter2"), "{debugged}");
    }
}

#[test]
fn a_file_is_read_under_the_environment_and_its_faults_are_said_without_its_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jalon.conf");
    let secret = folder.path().join("password");
    fs::write(&secret, "hunter2\r\n").unwrap();
    let lines = format!(
        "# ours\nJALON_DEPARTMENT=19\nOTHER=1\n\nJALON_LOG='warn,api=debug' # why\nJALON_DATABASE_URL=postgres://jalon@db/jalon\nJALON_DATABASE_PASSWORD_FILE={}\n",
        secret.display()
    );
    fs::write(&file, lines).unwrap();
    let config = Config::load(Some(&file)).unwrap();
    assert_eq!((config.department.as_str(), config.log.as_str()), ("19", "warn,api=debug"));
    assert_eq!(config.database_url, "postgres://jalon:hunter2@db/jalon");

    for (text, named) in [
        ("JALON_LISTN=hunter2\n", "JALON_LISTN"),
        ("JALON_LISTEN=hunter2\n", "JALON_LISTEN"),
        ("JALON_DATABASE_URL='hunter2\n", "JALON_DATABASE_URL"),
        ("hunter2\n", "jalon.conf"),
        ("hunter2=hun ter2\n", "jalon.conf"),
        ("JALON_DATABASE_URL=postgres://jalon@db/jalon\nJALON_DATABASE_PASSWORD_FILE=/nowhere\n", "JALON_DATABASE_PASSWORD_FILE"),
    ] {
        fs::write(&file, text).unwrap();
        let said = Config::load(Some(&file)).unwrap_err().to_string();
        assert!(said.contains(named) && !said.contains("ter2"), "{said}");
    }
    assert!(Config::load(Some(&folder.path().join("missing.conf"))).unwrap_err().to_string().contains("missing.conf"));
}

#[test]
fn help_lists_every_key_with_its_default() {
    let help = help();
    for key in KEYS {
        assert!(help.contains(&format!("\n  {}\n", key.name)) && key.about.ends_with('.') && !key.expects.ends_with('.'), "{}", key.name);
    }
    assert!(help.contains("[default: 127.0.0.1:8080]") && help.contains("[default: keys in JALON_DATA_DIR]"));
    assert!(help.lines().all(|line| line.chars().count() <= 110));
}
