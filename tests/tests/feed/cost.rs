//! What pulling costs: as many statements for a long page as for a short one.

use api_tests::on_both;

use super::{CHECKPOINT, DIGEST, FEED, Receiver, cursors};
use serde_json::json;

/// The most that a page may cost.
const MOST: usize = 4;

#[test]
fn a_page_of_a_hundred_costs_what_a_page_of_ten_costs() {
    on_both(async |server| {
        let receiver = Receiver::new(server).await;
        receiver.refer_many(server, 120).await;
        let machine = &receiver.machine;
        let places = cursors(machine).await;
        let cost = async |path: String, count: Option<usize>| {
            let (answer, statements) = server.statements(machine.get(&path)).await;
            let answer = answer.expect(200);
            assert_eq!(count, answer.json()["items"].as_array().map(Vec::len), "{path}");
            // Sweeps and looks of the background are not of this request.
            let own: Vec<String> = statements.into_iter().filter(|statement| statement.contains("feed")).collect();
            assert!((1..=MOST).contains(&own.len()), "{path}: {}\n{}", own.len(), own.join("\n"));
            own
        };
        let ten = cost(format!("{FEED}?after=beginning&limit=10"), Some(10)).await;
        for (query, count) in [
            ("?limit=100".to_owned(), 100),
            ("?after=beginning&limit=100".to_owned(), 100),
            ("?after=beginning&limit=200".to_owned(), 120),
            (format!("?after={}&limit=10", places[99]), 10),
            (format!("?after={}&limit=100&wait=5", places[9]), 100),
            (format!("?after={}", places[119]), 0),
        ] {
            let statements = cost(format!("{FEED}{query}"), Some(count)).await;
            assert_eq!(statements.len(), ten.len(), "{query}:\n{}\n— and for ten:\n{}", statements.join("\n"), ten.join("\n"));
        }
        let short = cost(format!("{DIGEST}?from_seq=1&to_seq=1"), None).await;
        let long = cost(format!("{DIGEST}?from_seq=1&to_seq=10000"), None).await;
        assert_eq!(short.len(), long.len());
        for place in [0, 119] {
            let (moved, statements) = server.statements(machine.put(CHECKPOINT, json!({"cursor": places[place]}))).await;
            moved.expect(200);
            assert!(statements.len() <= MOST, "{}", statements.join("\n"));
        }
    });
}
