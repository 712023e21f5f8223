//! Readers that wait for an event. One look per half second at the counters of all the feeds awaited, whatever the number of
//! readers, and no connection held by any of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use persistence::{Db, feeds};
use tokio::sync::watch;
use uuid::Uuid;

/// How often the counters are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// The feeds that somebody waits for, with the last number seen of each.
#[derive(Debug, Default)]
pub(crate) struct Awaited {
    feeds: Mutex<HashMap<Uuid, watch::Sender<i64>>>,
    closed: watch::Sender<bool>,
}

impl Awaited {
    fn feeds(&self) -> MutexGuard<'_, HashMap<Uuid, watch::Sender<i64>>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once the feed has an event after this number: true; or once the time is over, or the server stops: false.
    pub(crate) async fn wait(&self, feed: Uuid, after: i64, most: Duration) -> bool {
        let (mut height, mut closed) = {
            let mut feeds = self.feeds();
            (feeds.entry(feed).or_default().subscribe(), self.closed.subscribe())
        };
        tokio::select! {
            higher = height.wait_for(|last| *last > after) => higher.is_ok(),
            _ = closed.wait_for(|closed| *closed) => false,
            () = tokio::time::sleep(most) => false,
        }
    }

    /// Lets everybody go who waits, and whoever comes.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    /// The feeds that somebody waits for now; the others are forgotten.
    fn now(&self) -> Vec<Uuid> {
        let mut feeds = self.feeds();
        feeds.retain(|_, height| height.receiver_count() > 0);
        feeds.keys().copied().collect()
    }

    /// Looks, and tells those who wait.
    pub(crate) async fn watch(&self, db: &Db) {
        loop {
            tokio::time::sleep(LOOK).await;
            let awaited = self.now();
            if awaited.is_empty() {
                continue;
            }
            match feeds::heights(db.read(), &awaited).await {
                Ok(heights) => {
                    let feeds = self.feeds();
                    for (feed, last) in heights {
                        if let Some(height) = feeds.get(&feed) {
                            height.send_replace(last);
                        }
                    }
                }
                // Whoever waits reads an empty page at the end of their time, and asks again.
                Err(error) => tracing::warn!(%error, "the feeds awaited could not be looked at"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::JoinHandle;

    use super::*;

    const FEED: Uuid = Uuid::from_u128(7);

    /// Somebody who waits for an event after the fifth.
    async fn reader() -> (Arc<Awaited>, JoinHandle<bool>) {
        let awaited = Arc::new(Awaited::default());
        let reading = awaited.clone();
        let reader = tokio::spawn(async move { reading.wait(FEED, 5, Duration::from_mins(1)).await });
        while awaited.now().is_empty() {
            tokio::task::yield_now().await;
        }
        (awaited, reader)
    }

    #[tokio::test]
    async fn a_reader_is_told_of_an_event_after_its_own_and_of_no_other() {
        let (awaited, reader) = reader().await;
        awaited.feeds()[&FEED].send_replace(5);
        tokio::task::yield_now().await;
        assert!(!reader.is_finished(), "it has that one");
        awaited.feeds()[&FEED].send_replace(6);
        assert!(reader.await.unwrap());
        assert!(awaited.now().is_empty(), "nobody waits any more");
    }

    #[tokio::test]
    async fn a_server_that_stops_lets_its_readers_go_and_takes_no_more() {
        let (awaited, reader) = reader().await;
        awaited.close();
        assert!(!reader.await.unwrap());
        assert!(!awaited.wait(FEED, 5, Duration::from_mins(1)).await);
    }
}
