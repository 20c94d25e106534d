//! All demos of a content folder.

use super::{Demo, read};
use crate::notebook::{Notebook, Problem};
use std::sync::Arc;

/// All demos of a content folder, by file.
#[derive(Clone, Debug, Default)]
pub struct Demos(Arc<Vec<Arc<Demo>>>);

impl Demos {
    /// The demos of a notebook.
    pub fn of(notebook: &Notebook) -> Demos {
        let demos = notebook.demos().into_iter();
        Demos(Arc::new(demos.map(|file| Arc::new(read::read(file))).collect()))
    }

    /// All of them.
    pub fn all(&self) -> &[Arc<Demo>] {
        &self.0
    }

    /// The demo of this name.
    pub fn get(&self, id: &str) -> Option<&Arc<Demo>> {
        self.0.iter().find(|demo| demo.id == id)
    }

    /// The demos of a topic.
    pub fn of_topic(&self, topic: &str) -> impl Iterator<Item = &Arc<Demo>> {
        let topic = topic.to_owned();
        self.0
            .iter()
            .filter(move |demo| demo.topic.as_deref() == Some(topic.as_str()))
    }

    /// What is wrong with them.
    pub fn problems(&self) -> Vec<Problem> {
        let all = self.0.iter();
        all.flat_map(|demo| demo.problems.clone()).collect()
    }
}
