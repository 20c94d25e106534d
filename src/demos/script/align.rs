//! Which expected line is which line that came out.

use super::Order;
use super::expected::Pattern;
use std::collections::HashMap;

/// A stretch of both sides, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    /// An expected line, and the line that it matches.
    Same(usize, usize),
    /// A `...`, and how many lines from which one it matches.
    Any(usize, usize, usize),
    /// An expected line that did not come.
    Missing(usize),
    /// A line that nobody expects.
    Extra(usize),
}

/// More comparisons than this, and what differs is shown as two blocks.
const MOST: usize = 2_000_000;

/// Do the lines match?
pub(super) fn matches(expected: &[&Pattern], actual: &[String], order: Order) -> bool {
    match order {
        Order::AsWritten => in_order(expected, actual),
        Order::Any => any_order(expected, actual)
            .iter()
            .all(|pair| matches!(pair, Pair::Same(..) | Pair::Any(..))),
    }
}

/// The best way to lay the lines beside each other.
pub(super) fn align(expected: &[&Pattern], actual: &[String], order: Order) -> Vec<Pair> {
    match order {
        Order::AsWritten => ordered(expected, actual),
        Order::Any => any_order(expected, actual),
    }
}

/// Between two `...`, lines are matched at the first place where they match, which leaves
/// the most for what comes after.
fn in_order(expected: &[&Pattern], actual: &[String]) -> bool {
    let fits = |lines: &[&Pattern], at: usize| {
        lines
            .iter()
            .zip(&actual[at..])
            .all(|(pattern, line)| pattern.matches(line))
    };
    let mut runs = expected.split(|pattern| pattern.is_any());
    let first = runs.next().unwrap_or_default();
    let runs: Vec<_> = runs.collect();
    let Some((last, middle)) = runs.split_last() else {
        return first.len() == actual.len() && fits(first, 0);
    };
    if first.len() + last.len() > actual.len()
        || !fits(first, 0)
        || !fits(last, actual.len() - last.len())
    {
        return false;
    }
    let (mut at, end) = (first.len(), actual.len() - last.len());
    for run in middle {
        let place = (at..=end.saturating_sub(run.len()))
            .find(|&place| place + run.len() <= end && fits(run, place));
        match place {
            Some(place) => at = place + run.len(),
            None => return false,
        }
    }
    at <= end
}

/// The fewest lines missing or too many. Lines that agree at both ends are taken as they
/// are, unless a `...` may have a say.
fn ordered(expected: &[&Pattern], actual: &[String]) -> Vec<Pair> {
    let same = |e: usize, a: usize| !expected[e].is_any() && expected[e].matches(&actual[a]);
    let short = expected.len().min(actual.len());
    let head = (0..short).take_while(|&at| same(at, at)).count();
    let tail = (0..short - head)
        .take_while(|&back| same(expected.len() - 1 - back, actual.len() - 1 - back))
        .count();
    let (rows, columns) = (expected.len() - head - tail, actual.len() - head - tail);
    let mut pairs: Vec<Pair> = (0..head).map(|at| Pair::Same(at, at)).collect();
    if rows.saturating_mul(columns) > MOST {
        pairs.extend((head..head + rows).map(Pair::Missing));
        pairs.extend((head..head + columns).map(Pair::Extra));
    } else {
        let middle = &expected[head..head + rows];
        let lines = &actual[head..head + columns];
        pairs.extend(fewest(middle, lines).into_iter().map(|pair| match pair {
            Pair::Same(e, a) => Pair::Same(e + head, a + head),
            Pair::Any(e, a, count) => Pair::Any(e + head, a + head, count),
            Pair::Missing(e) => Pair::Missing(e + head),
            Pair::Extra(a) => Pair::Extra(a + head),
        }));
    }
    pairs.extend(
        (0..tail)
            .rev()
            .map(|back| Pair::Same(expected.len() - 1 - back, actual.len() - 1 - back)),
    );
    pairs
}

#[derive(Clone, Copy)]
enum Move {
    Same,
    Missing,
    Extra,
    /// A `...` takes this line and may take more.
    More,
    /// A `...` ends here.
    Enough,
}

/// The usual table of edits, read from the end, so that the way through it is walked
/// from the beginning.
fn fewest(expected: &[&Pattern], actual: &[String]) -> Vec<Pair> {
    let (rows, columns) = (expected.len(), actual.len());
    let width = columns + 1;
    let mut ways = vec![Move::Extra; (rows + 1) * width];
    // The last row: nothing is expected any more.
    let mut below: Vec<usize> = (0..=columns).map(|column| columns - column).collect();
    for row in (0..rows).rev() {
        let mut costs = vec![0; width];
        for column in (0..=columns).rev() {
            let pattern = expected[row];
            let left = columns - column;
            let (cost, way) = if pattern.is_any() {
                let enough = (below[column], Move::Enough);
                match left {
                    0 => enough,
                    _ if costs[column + 1] < enough.0 => (costs[column + 1], Move::More),
                    _ => enough,
                }
            } else {
                let missing = (below[column] + 1, Move::Missing);
                if left == 0 {
                    missing
                } else {
                    let extra = (costs[column + 1] + 1, Move::Extra);
                    let mut best = if missing.0 <= extra.0 { missing } else { extra };
                    if pattern.matches(&actual[column]) && below[column + 1] <= best.0 {
                        best = (below[column + 1], Move::Same);
                    }
                    best
                }
            };
            costs[column] = cost;
            ways[row * width + column] = way;
        }
        below = costs;
    }
    let (mut row, mut column, mut taken) = (0, 0, 0);
    let mut pairs = Vec::new();
    while row < rows || column < columns {
        match ways[row * width + column] {
            Move::Same => {
                pairs.push(Pair::Same(row, column));
                (row, column) = (row + 1, column + 1);
            }
            Move::Missing => {
                pairs.push(Pair::Missing(row));
                row += 1;
            }
            Move::Extra => {
                pairs.push(Pair::Extra(column));
                column += 1;
            }
            Move::More => (column, taken) = (column + 1, taken + 1),
            Move::Enough => {
                pairs.push(Pair::Any(row, column - taken, taken));
                (row, taken) = (row + 1, 0);
            }
        }
    }
    pairs
}

/// Lines in any order, each matched once. Plain ones first: there is only one text that
/// they match, so it makes no difference which of several like it.
fn any_order(expected: &[&Pattern], actual: &[String]) -> Vec<Pair> {
    let mut free: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, line) in actual.iter().enumerate().rev() {
        free.entry(line).or_default().push(at);
    }
    let mut owner: Vec<Option<usize>> = vec![None; actual.len()];
    let mut wild = Vec::new();
    for (row, pattern) in expected.iter().enumerate() {
        match pattern {
            Pattern::Any => {}
            Pattern::Text(pieces) if pieces.len() == 1 => {
                if let Some(at) = free.get_mut(pieces[0].as_str()).and_then(Vec::pop) {
                    owner[at] = Some(row);
                }
            }
            Pattern::Text(_) => wild.push(row),
        }
    }
    let rest: Vec<usize> = (0..actual.len())
        .filter(|&at| owner[at].is_none())
        .collect();
    for (row, at) in settle(expected, actual, &wild, &rest) {
        owner[at] = Some(row);
    }
    let mut place = vec![None; expected.len()];
    for (at, owner) in owner.iter().enumerate() {
        if let Some(row) = owner {
            place[*row] = Some(at);
        }
    }
    let mut extra: Vec<usize> = (0..actual.len())
        .filter(|&at| owner[at].is_none())
        .collect();
    let mut pairs = Vec::new();
    for (row, pattern) in expected.iter().enumerate() {
        pairs.push(match (pattern, place[row]) {
            // The first `...` takes what is left, wherever that stands.
            (Pattern::Any, _) => Pair::Any(row, 0, std::mem::take(&mut extra).len()),
            (Pattern::Text(_), Some(at)) => Pair::Same(row, at),
            (Pattern::Text(_), None) => Pair::Missing(row),
        });
    }
    pairs.extend(extra.into_iter().map(Pair::Extra));
    pairs
}

/// As many of the lines with wildcards as possible, each with a line of its own: one that
/// finds all its lines taken asks whoever has one to take another.
fn settle(
    expected: &[&Pattern],
    actual: &[String],
    wild: &[usize],
    rest: &[usize],
) -> Vec<(usize, usize)> {
    /// Beyond this nobody is asked to move.
    const PATIENCE: usize = 1_000_000;
    let mut owner: Vec<Option<usize>> = vec![None; rest.len()];
    let mut looks = 0;
    for &row in wild {
        // Breadth first: who can be reached by moving, and by way of which line.
        let mut came_from: Vec<Option<Option<usize>>> = vec![None; rest.len()];
        let mut queue = vec![(row, None)];
        let mut found = None;
        let mut next = 0;
        'search: while let Some(&(asking, by)) = queue.get(next) {
            next += 1;
            for (at, &line) in rest.iter().enumerate() {
                looks += 1;
                if came_from[at].is_some() || !expected[asking].matches(&actual[line]) {
                    continue;
                }
                came_from[at] = Some(by);
                match owner[at] {
                    None => {
                        found = Some(at);
                        break 'search;
                    }
                    Some(other) if looks < PATIENCE => queue.push((other, Some(at))),
                    Some(_) => {}
                }
            }
        }
        // Everybody on the way moves one on.
        let mut at = found;
        while let Some(to) = at {
            let by = came_from[to].flatten();
            owner[to] = match by {
                Some(from) => owner[from],
                None => Some(row),
            };
            at = by;
        }
    }
    let pairs = owner.iter().zip(rest);
    pairs
        .filter_map(|(owner, &at)| Some(((*owner)?, at)))
        .collect()
}
