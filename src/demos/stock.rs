//! All demos of a notebook: by id, and by the topic that they belong to.
//!
//! Made from a [`Notebook`] whenever that changes, so that a demo follows its file as a
//! note does. A demo without fault or with one is in it; what is wrong is told beside.

use super::script::{Demo, read};
use crate::notebook::search::words;
use crate::notebook::{Notebook, Problem, Rule};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// All demos of a notebook.
#[derive(Clone, Debug, Default)]
pub struct Demos {
    /// By id.
    demos: BTreeMap<String, Arc<Demo>>,
    problems: Vec<Problem>,
    words: OnceLock<Vec<Vec<String>>>,
}

impl Demos {
    /// The demos of a notebook, with links to its topics.
    pub fn of(notebook: &Notebook) -> Demos {
        let mut demos = Demos::default();
        for file in notebook.demos() {
            let topic = file.topic.clone();
            let mut demo = read::read(file);
            if let Some((name, line)) = topic
                && notebook.topic_link(&name).wanted
            {
                demo.complain(Rule::UnknownTopic, line, notebook.no_topic(&name));
            }
            demos.problems.extend(demo.problems.iter().cloned());
            // Of two the first stays, so that a new file does not take an address away.
            if let Some(first) = demos.demos.get(&demo.id) {
                let message = format!("another demo is named {} too: {}", demo.id, first.file);
                demo.complain(Rule::DemoName, 1, message);
                demos.problems.extend(demo.problems.pop());
                continue;
            }
            demos.demos.insert(demo.id.clone(), Arc::new(demo));
        }
        demos.problems.sort();
        demos
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.demos.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.demos.is_empty()
    }

    /// All of them, by id.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Demo>> {
        self.demos.values()
    }

    /// All of them, each with the words that it is searched by: its id, its title, its topic.
    /// They are cut once, at the first search.
    pub fn searched(&self) -> impl Iterator<Item = (&Arc<Demo>, &[String])> {
        let cut = |demo: &Arc<Demo>| {
            let topic = demo.topic.as_deref().unwrap_or_default();
            words(&format!("{} {} {topic} demo", demo.id, demo.title))
        };
        let words = self.words.get_or_init(|| self.all().map(cut).collect());
        self.all().zip(words.iter().map(Vec::as_slice))
    }

    /// The demo of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Demo>> {
        self.demos.get(id)
    }

    /// The demos of a topic, by id.
    pub fn of_topic<'d>(&'d self, topic: &'d str) -> impl Iterator<Item = &'d Arc<Demo>> {
        self.all()
            .filter(move |demo| demo.topic.as_deref() == Some(topic))
    }

    /// What is wrong with them, by file and place.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl Demo {
    fn complain(&mut self, rule: Rule, line: u32, message: String) {
        let problem = Problem::new(rule, &self.file, (line, 1), message);
        self.problems.push(problem);
    }
}
