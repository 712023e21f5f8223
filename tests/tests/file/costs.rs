//! What a file and its pieces cost: as many statements for a long history as for none.

use super::whole::Full;
use super::{KINDS, order_of};
use api_tests::on_both;

/// The most that a whole file may cost.
const MOST_FOR_A_FILE: usize = 3;

#[test]
fn a_whole_file_costs_three_statements_at_most_whatever_its_history() {
    on_both(async |server| {
        let mut costs = Vec::new();
        for count in [0, 1, 30] {
            let full = Full::new(server, count).await;
            for by in [&full.case.caseworker, &full.case.manager] {
                by.get("/v1/me").await.expect(200);
                let (file, statements) = server.statements(by.get(&full.path())).await;
                assert_eq!(file.expect(200).json()["interventions"].as_array().map(Vec::len), Some(count));
                assert!((1..=MOST_FOR_A_FILE).contains(&statements.len()), "{count}: {}\n{}", statements.len(), statements.join("\n"));
                costs.push(statements.len());
            }
        }
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
    });
}

#[test]
fn a_piece_costs_the_same_in_a_long_file_as_in_a_short_one() {
    on_both(async |server| {
        let mut costs: Vec<Vec<(String, usize)>> = Vec::new();
        for count in [1, 30] {
            let case = Full::new(server, count).await.case;
            let mut of_this = Vec::new();
            for kind in KINDS {
                let (recorded, statements) = server.statements(case.manager.post(&case.path(kind), order_of(server, kind))).await;
                let path = format!("/v1/{kind}/{}", recorded.expect(201).id());
                of_this.push((format!("recording {kind}"), statements.len()));
                let etag = case.manager.get(&path).await.expect(200).etag();
                let (edited, statements) = server.statements(case.manager.put_if_match(&path, &etag, order_of(server, kind))).await;
                edited.expect(200);
                of_this.push((format!("editing {kind}"), statements.len()));
                let (listed, statements) = server.statements(case.caseworker.get(&format!("{}?limit=200", case.path(kind)))).await;
                assert_eq!(listed.expect(200).items().len(), count + 1);
                of_this.push((format!("listing {kind}"), statements.len()));
            }
            costs.push(of_this);
        }
        assert_eq!(costs[0], costs[1]);
        assert!(costs[1].iter().all(|(_, cost)| (1..=14).contains(cost)), "{:?}", costs[1]);
    });
}
