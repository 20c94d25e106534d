//! Gathering: all the answers that one picture needs, from one host, in parallel rounds.

use super::host::Host;
use super::{Answers, Ask, Scoped, State};
use futures_util::future::join_all;

impl Host {
    /// All answers that `asks` wants, asked in parallel rounds until it names
    /// nothing new. They all come from the host, or all from the recording.
    pub async fn gather(&self, asks: impl Fn(&Answers) -> Vec<Ask>) -> Answers {
        self.gather_through(asks, None, false).await
    }

    /// The same, of which only a sandbox's part is shown. What may change unreported is
    /// not asked again for `quiet`'s sake while no event speaks of it: somebody else's
    /// events are no reason to measure this sandbox.
    pub async fn gather_scoped(
        &self,
        asks: impl Fn(&Answers) -> Vec<Ask>,
        scoped: &mut Scoped,
        quiet: bool,
    ) -> Answers {
        let have = self.gather_through(asks, Some(&mut *scoped), quiet).await;
        scoped.forget_all_but(&have);
        have
    }

    async fn gather_through(
        &self,
        asks: impl Fn(&Answers) -> Vec<Ask>,
        mut scoped: Option<&mut Scoped>,
        quiet: bool,
    ) -> Answers {
        loop {
            if let Some((recording, _)) = self.core.standing_in() {
                return match scoped {
                    Some(scoped) => recording.gather_scoped(self.facts(), asks, scoped),
                    None => recording.gather_as(self.facts(), asks),
                };
            }
            let mut have = Answers::from_host(self.facts());
            let mut recorded = false;
            loop {
                let mut new: Vec<Ask> = asks(&have);
                new.retain(|ask| have.get(ask).is_none());
                new.sort();
                new.dedup();
                if new.is_empty() {
                    break;
                }
                let known = |ask: &Ask| match &scoped {
                    Some(scoped) if quiet => self.core.unreported(ask, scoped.whole(ask)?),
                    _ => None,
                };
                let told = join_all(new.iter().map(|ask| {
                    let known = known(ask);
                    async move {
                        match known {
                            Some(answer) => Ok(answer),
                            None => self.answer(ask).await,
                        }
                    }
                }))
                .await;
                // Of one round, none may lean on another: each is shown by what was
                // shown before.
                let before = scoped.as_ref().map(|_| have.clone());
                for (ask, told) in new.into_iter().zip(told) {
                    recorded |= matches!(&told, Ok(answer) if answer.state == State::Recorded);
                    let told = match (&mut scoped, &before) {
                        (Some(scoped), Some(before)) => scoped.take(&ask, told, before),
                        _ => told,
                    };
                    have.insert(ask, told);
                }
            }
            have.host = self.facts();
            // The host came or went half way: one picture is not drawn from two
            // hosts. A host that has answered once is never recorded again, so this
            // ends.
            let mixed = have.host.recorded.is_some() || recorded;
            if !mixed {
                return have;
            }
        }
    }
}
