//! The queue at one host. An engine saturates at about four workers: more at once make
//! every one of them slow. Whoever comes beyond them waits, first come, first served, and
//! is told how many are before them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The queue of one host.
pub(super) struct Queue {
    workers: usize,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// The right to have the host work. Given back when dropped.
pub(super) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Queue {
    /// A queue for `workers` at once.
    pub(super) fn new(workers: usize) -> Queue {
        let workers = workers.max(1);
        Queue {
            workers,
            permits: Arc::new(Semaphore::new(workers)),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Waits for a turn. `told` hears how many are before, when there are any.
    pub(super) async fn turn(&self, told: impl FnOnce(usize)) -> Turn {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Turn {
                _permit: Some(permit),
            };
        }
        let waiting = Waiting::new(&self.waiting);
        told(self.workers + waiting.before);
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        // The semaphore is never closed.
        Turn {
            _permit: permit.ok(),
        }
    }
}

/// Counted while it waits, also when it gives up.
struct Waiting<'a> {
    count: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Waiting<'a> {
        let before = count.fetch_add(1, Ordering::SeqCst);
        Waiting { count, before }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn whoever_waits_is_told_how_many_are_before_them() {
        let queue = Arc::new(Queue::new(2));
        let nobody = |_| panic!("nobody is before the first two");
        let first = queue.turn(nobody).await;
        let _second = queue.turn(nobody).await;
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let wait = |queue: Arc<Queue>, tell: tokio::sync::mpsc::UnboundedSender<usize>| {
            tokio::spawn(async move {
                let _turn = queue.turn(|before| tell.send(before).expect("heard")).await;
            })
        };
        let third = wait(Arc::clone(&queue), tell.clone());
        assert_eq!(told.recv().await, Some(2));
        let fourth = wait(Arc::clone(&queue), tell.clone());
        assert_eq!(told.recv().await, Some(3));
        third.abort();
        let _gave_up = third.await;
        let _fifth = wait(Arc::clone(&queue), tell);
        assert_eq!(told.recv().await, Some(3), "who gives up does not count");
        drop(first);
        tokio::time::timeout(Duration::from_secs(5), fourth)
            .await
            .expect("the turn goes on")
            .expect("no panic");
    }
}
