//! Tables: rows that no page break crosses, a head that each page repeats, and the two columns of facts.

use krilla::tagging::{TableHeaderScope, Tag, TagKind};

use super::flow::{Flow, LINE, Mark, NOTE, SHADE, Strip, TABLE, TABLE_HEAD, THIN};
use super::text::{Line, Style, is_blank};

/// The room between a cell's edge and its text.
const PADDING: f32 = 5.0;
/// The width of a fact's name.
const FACT_NAME: f32 = 118.0;

/// A column of a table.
pub(super) struct Column {
    /// What its head says.
    pub(super) title: &'static str,
    /// How wide it is.
    pub(super) width: f32,
}

/// A cell, set but not yet on the page.
pub(super) struct Cell {
    x: f32,
    lines: Vec<Line>,
    leaf: usize,
}

impl Cell {
    /// A cell whose text begins at `x` and is at most `width` wide.
    pub(super) fn new(flow: &mut Flow, tag: impl Into<TagKind>, text: &str, style: Style, x: f32, width: f32) -> Self {
        let (lines, leaf) = flow.lines(tag, text, style, width);
        Self { x, lines, leaf }
    }
}

/// How a row looks.
#[derive(Default)]
pub(super) struct Look {
    /// The room above it.
    pub(super) gap: f32,
    /// The room above and below its text.
    pub(super) padding: f32,
    /// Its height, if its text is not higher.
    pub(super) height: f32,
    /// Where its vertical lines are.
    pub(super) verticals: Vec<f32>,
    /// Whether it is a table's head: shaded, under a line.
    pub(super) is_head: bool,
    /// Whether there is a line below it.
    pub(super) line_below: bool,
    /// Whether it must be on the page of what follows it.
    pub(super) stays: bool,
    /// The head that is repeated when a page begins with it.
    pub(super) head: Option<usize>,
}

/// The strips of a row, one for each of its lines: they stay together, unless they are higher than a page.
pub(super) fn row(flow: &Flow, cells: &[Cell], leading: f32, look: &Look) -> Vec<Strip> {
    let (left, width) = flow.column();
    let count = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0).max(1);
    let text_height: f32 = (0..count).map(|_| leading).sum();
    let padding = look.padding.max((look.height - text_height) / 2.0);
    (0..count)
        .map(|index| {
            let (is_first, is_last) = (index == 0, index + 1 == count);
            let above = if is_first { padding } else { 0.0 };
            let height = leading + above + if is_last { padding } else { 0.0 };
            let line = |x, y, width, height| Mark::Block { x, y, width, height, colour: LINE };
            let mut marks = Vec::new();
            if look.is_head {
                marks.push(Mark::Block { x: left, y: 0.0, width, height, colour: SHADE });
            }
            if look.is_head && is_first {
                marks.push(line(left, 0.0, width, THIN));
            }
            if look.line_below && is_last {
                marks.push(line(left, height - THIN, width, THIN));
            }
            marks.extend(look.verticals.iter().map(|x| line(*x, 0.0, THIN, height)));
            marks.extend(cells.iter().filter_map(|cell| {
                let line = cell.lines.get(index)?.clone();
                let baseline = above + (leading - line.style.leading) / 2.0 + line.style.baseline();
                Some(Mark::Words { line, x: cell.x, baseline, leaf: cell.leaf })
            }));
            let gap = if is_first { look.gap } else { 0.0 };
            Strip { gap, height, stays: !is_last || look.stays, head: look.head, marks, ..Strip::default() }
        })
        .collect()
}

/// A table with lines around its cells, its head repeated on each page.
pub(super) fn grid(flow: &mut Flow, columns: &[Column], rows: &[Vec<String>], height: f32, gap: f32) {
    let (left, _) = flow.column();
    let mut edges = vec![left];
    edges.extend(columns.iter().scan(left, |edge, column| {
        *edge += column.width;
        Some(*edge)
    }));
    if let Some(edge) = edges.last_mut() {
        *edge -= THIN;
    }
    let look = |gap| Look { gap, padding: 4.0, verticals: edges.clone(), line_below: true, ..Look::default() };
    flow.group(Tag::Table, |flow| {
        let cells = flow.group(Tag::THead, |flow| {
            let titles = columns.iter().map(|column| column.title);
            row_cells(flow, columns, titles, TABLE_HEAD, || Tag::TH(TableHeaderScope::Column).into())
        });
        let look_of_head = Look { is_head: true, stays: true, ..look(gap) };
        let strips = row(flow, &cells, TABLE_HEAD.leading, &look_of_head);
        for strip in &strips {
            flow.strip(strip.clone());
        }
        let head = flow.keep_head(strips);
        flow.group(Tag::TBody, |flow| {
            for texts in rows {
                let cells = row_cells(flow, columns, texts.iter().map(String::as_str), TABLE, || Tag::TD.into());
                let look = Look { height, head: Some(head), ..look(0.0) };
                for strip in row(flow, &cells, TABLE.leading, &look) {
                    flow.strip(strip);
                }
            }
        });
    });
}

fn row_cells<'a>(flow: &mut Flow, columns: &[Column], texts: impl Iterator<Item = &'a str>, style: Style, tag: impl Fn() -> TagKind) -> Vec<Cell> {
    let (mut x, _) = flow.column();
    flow.group(Tag::TR, |flow| {
        columns
            .iter()
            .zip(texts)
            .map(|(column, text)| {
                let cell = Cell::new(flow, tag(), text, style, x + PADDING, column.width - 2.0 * PADDING);
                x += column.width;
                cell
            })
            .collect()
    })
}

/// A fact: its name and what it is.
pub(super) type Fact<'a> = (&'a str, String);

/// Facts as a table without frame, the names of the facts heading its rows. A fact that says nothing is left out.
pub(super) fn facts(flow: &mut Flow, facts: &[Fact<'_>], gap: f32) {
    let (left, width) = flow.column();
    let facts: Vec<_> = facts.iter().filter(|(_, text)| !is_blank(text)).collect();
    if facts.is_empty() {
        return;
    }
    flow.group(Tag::Table, |flow| {
        for (index, (name, text)) in facts.iter().enumerate() {
            let cells = flow.group(Tag::TR, |flow| {
                let name = Cell::new(flow, Tag::TH(TableHeaderScope::Row), name, NOTE, left, FACT_NAME - PADDING);
                [name, Cell::new(flow, Tag::TD, text, TABLE, left + FACT_NAME, width - FACT_NAME)]
            });
            let gap = if index == 0 { gap } else { 0.0 };
            let look = Look { gap, padding: 2.5, line_below: true, stays: index == 0 && facts.len() > 1, ..Look::default() };
            for strip in row(flow, &cells, TABLE.leading, &look) {
                flow.strip(strip);
            }
        }
    });
}
