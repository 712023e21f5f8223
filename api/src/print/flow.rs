//! A document under way: what it holds, set from top to bottom as strips that no page break crosses, and its tags.

use std::num::NonZeroU16;

use krilla::tagging::{ListNumbering, Tag, TagKind};

use super::PrintError;
use super::pages;
use super::text::{self, Colour, Line, Style, Typesetter};

/// The colour of text.
const INK: Colour = Colour(0x16, 0x16, 0x16);
/// The colour of what explains, dark enough to be read on a bad print.
const GREY: Colour = Colour(0x4a, 0x4a, 0x4a);
/// The colour of titles.
const BLUE: Colour = Colour(0x14, 0x2f, 0x5c);
/// The colour of the warning on a draft.
const RED: Colour = Colour(0x9c, 0x1c, 0x1c);
/// The colour of the lines of tables and frames.
pub(super) const LINE: Colour = Colour(0x80, 0x88, 0x94);
/// The colour behind the heads of tables.
pub(super) const SHADE: Colour = Colour(0xec, 0xef, 0xf4);

/// The document's title.
pub(super) const TITLE: Style = Style { size: 20.0, leading: 25.0, bold: true, colour: BLUE };
/// A section's title.
pub(super) const HEADING: Style = Style { size: 13.0, leading: 17.0, bold: true, colour: BLUE };
/// The title of a part of a section.
pub(super) const SUBHEADING: Style = Style { size: 11.0, leading: 15.0, bold: true, colour: INK };
/// Running text.
pub(super) const BODY: Style = Style { size: 11.0, leading: 15.0, bold: false, colour: INK };
/// Running text that stands out.
pub(super) const STRONG: Style = Style { bold: true, ..BODY };
/// The text of tables.
pub(super) const TABLE: Style = Style { size: 10.5, leading: 14.0, bold: false, colour: INK };
/// The heads of tables.
pub(super) const TABLE_HEAD: Style = Style { size: 10.0, leading: 13.0, bold: true, colour: INK };
/// What explains.
pub(super) const NOTE: Style = Style { size: 10.0, leading: 13.5, bold: false, colour: GREY };
/// The footer.
pub(super) const FOOTER: Style = Style { size: 8.5, leading: 11.0, bold: false, colour: GREY };
/// The warning on a draft.
pub(super) const WARNING: Style = Style { size: 12.0, leading: 16.0, bold: true, colour: RED };

/// What is said on each page of a draft.
pub(super) const DO_NOT_SIGN: &str = "Projet : ne pas signer";

/// The room left of a list's items, for their labels.
const INDENT: f32 = 20.0;
/// An item of a list of at most so many lines is on one page.
const SHORT_ITEM: usize = 4;
/// The thickness of lines.
pub(super) const THIN: f32 = 0.6;

/// A strip of a page, from margin to margin: no page break crosses it.
#[derive(Debug, Clone, Default)]
pub(super) struct Strip {
    /// The room above it, unless it is the first of a page.
    pub(super) gap: f32,
    /// Its own height.
    pub(super) height: f32,
    /// Whether the next strip must be on the same page.
    pub(super) stays: bool,
    /// The table whose head is repeated when a page begins with this strip.
    pub(super) head: Option<usize>,
    /// The title that a reader's outline leads here with.
    pub(super) bookmark: Option<String>,
    /// What is drawn on it.
    pub(super) marks: Vec<Mark>,
}

/// Something drawn on a strip. Heights are from the strip's top, widths from the page's left edge.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    /// Words.
    Words {
        /// The words.
        line: Line,
        /// Where they begin.
        x: f32,
        /// What they stand on.
        baseline: f32,
        /// The tagged content they belong to, numbered in the order of reading.
        leaf: usize,
    },
    /// A rectangle: a line when it is thin.
    Block {
        /// Its left edge.
        x: f32,
        /// Its top edge.
        y: f32,
        /// Its width.
        width: f32,
        /// Its height.
        height: f32,
        /// Its colour.
        colour: Colour,
    },
}

/// A document's tags, as a tree.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    /// A tag and what is under it.
    Group(TagKind, Vec<Tree>),
    /// A tagged content, by its number.
    Leaf(usize),
}

/// A document set in strips.
pub(super) struct Laid {
    /// From top to bottom.
    pub(super) strips: Vec<Strip>,
    /// The heads of its tables.
    pub(super) heads: Vec<Vec<Strip>>,
    /// Its tags.
    pub(super) tree: Vec<Tree>,
    /// How many tagged contents there are.
    pub(super) leaves: usize,
}

/// A document under way.
pub(super) struct Flow {
    typesetter: Typesetter,
    laid: Laid,
    open: Vec<Vec<Tree>>,
    left: f32,
    width: f32,
}

impl Flow {
    /// An empty document.
    pub(super) fn new() -> Result<Self, PrintError> {
        let laid = Laid { strips: Vec::new(), heads: Vec::new(), tree: Vec::new(), leaves: 0 };
        Ok(Self { typesetter: Typesetter::new()?, laid, open: Vec::new(), left: pages::LEFT, width: pages::WIDTH })
    }

    /// The document, and the typesetter for what is on each of its pages.
    pub(super) fn finish(self) -> (Laid, Typesetter) {
        (self.laid, self.typesetter)
    }

    /// Where the column begins, and its width.
    pub(super) fn column(&self) -> (f32, f32) {
        (self.left, self.width)
    }

    /// Whatever is added by `body` is under this tag.
    pub(super) fn group<R>(&mut self, tag: impl Into<TagKind>, body: impl FnOnce(&mut Self) -> R) -> R {
        self.open.push(Vec::new());
        let result = body(self);
        let children = self.open.pop().unwrap_or_default();
        self.tag(Tree::Group(tag.into(), children));
        result
    }

    /// The lines of a text under this tag, and the number of their content. They still have to be put on strips.
    pub(super) fn lines(&mut self, tag: impl Into<TagKind>, text: &str, style: Style, width: f32) -> (Vec<Line>, usize) {
        let lines = self.typesetter.lines(text, style, width);
        let leaf = self.laid.leaves;
        let mut children = Vec::new();
        if !lines.is_empty() {
            self.laid.leaves += 1;
            children.push(Tree::Leaf(leaf));
        }
        self.tag(Tree::Group(tag.into(), children));
        (lines, leaf)
    }

    /// A text on strips of its own, after some room; nothing if it is empty. A page's first or last line is never alone of its paragraph.
    pub(super) fn text(&mut self, tag: impl Into<TagKind>, text: &str, style: Style, gap: f32) {
        if text::is_blank(text) {
            return;
        }
        let (lines, leaf) = self.lines(tag, text, style, self.width);
        let last = lines.len().saturating_sub(1);
        for (index, line) in lines.into_iter().enumerate() {
            let stays = index != last && (index == 0 || index + 2 > last);
            let gap = if index == 0 { gap } else { 0.0 };
            let words = Mark::Words { line, x: self.left, baseline: style.baseline(), leaf };
            self.strip(Strip { gap, height: style.leading, stays, marks: vec![words], ..Strip::default() });
        }
    }

    /// A text as long as one likes: a paragraph for each of its lines.
    pub(super) fn prose(&mut self, text: &str, style: Style, gap: f32) {
        for (index, (paragraph, after_blank)) in text::paragraphs(text).into_iter().enumerate() {
            let gap = match (index, after_blank) {
                (0, _) => gap,
                (_, true) => style.leading / 2.0,
                (_, false) => 0.0,
            };
            self.text(Tag::P, &paragraph, style, gap);
        }
    }

    /// A title of this level, 1 to 3, on the page of what follows it.
    pub(super) fn heading(&mut self, level: u16, text: &str, gap: f32) {
        if text::is_blank(text) {
            return;
        }
        let style = match level {
            1 => TITLE,
            2 => HEADING,
            _ => SUBHEADING,
        };
        let first = self.mark();
        let tag = Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(text::property(text)));
        self.text(tag, text, style, gap);
        self.stay_since(first);
        self.stay();
        if level < 3
            && let Some(strip) = self.laid.strips.get_mut(first)
        {
            strip.bookmark = Some(text::property(text));
        }
    }

    /// What was last added is on the page of what follows it.
    pub(super) fn stay(&mut self) {
        if let Some(strip) = self.laid.strips.last_mut() {
            strip.stays = true;
        }
    }

    /// A place in the document, for `stay_since`.
    pub(super) fn mark(&self) -> usize {
        self.laid.strips.len()
    }

    /// What was added since that place is on one page, if one page can hold it.
    pub(super) fn stay_since(&mut self, mark: usize) {
        let last = self.laid.strips.len().saturating_sub(1);
        for strip in self.laid.strips.iter_mut().take(last).skip(mark) {
            strip.stays = true;
        }
    }

    /// A list, whose items are added by `body` through `item`.
    pub(super) fn list(&mut self, numbering: ListNumbering, body: impl FnOnce(&mut Self)) {
        self.group(Tag::L(numbering), body);
    }

    /// An item of a list: its label on the first line of what `body` adds.
    pub(super) fn item(&mut self, label: &str, style: Style, body: impl FnOnce(&mut Self)) {
        self.group(Tag::LI, |flow| {
            let (label, leaf) = flow.lines(Tag::Lbl, label, style, INDENT);
            let (first, left, width) = (flow.mark(), flow.left, flow.width);
            flow.left += INDENT;
            flow.width -= INDENT;
            flow.group(Tag::LBody, body);
            flow.left = left;
            flow.width = width;
            let words = label.into_iter().take(1).map(|line| Mark::Words { line, x: left, baseline: style.baseline(), leaf });
            match flow.laid.strips.get_mut(first) {
                Some(strip) => strip.marks.extend(words),
                None => flow.strip(Strip { height: style.leading, marks: words.collect(), ..Strip::default() }),
            }
            if flow.mark() - first <= SHORT_ITEM {
                flow.stay_since(first);
            }
        });
    }

    /// A list of short texts, one line each if they fit. Empty texts are left out.
    pub(super) fn bullets(&mut self, texts: &[String], gap: f32) {
        if texts.iter().all(|text| text::is_blank(text)) {
            return;
        }
        self.list(ListNumbering::Disc, |flow| {
            for text in texts.iter().filter(|text| !text::is_blank(text)) {
                flow.item("•", BODY, |flow| flow.prose(text, BODY, gap));
            }
        });
    }

    /// A line from margin to margin.
    pub(super) fn rule(&mut self, gap: f32, colour: Colour) {
        let block = Mark::Block { x: self.left, y: 0.0, width: self.width, height: THIN, colour };
        self.strip(Strip { gap, height: THIN, marks: vec![block], ..Strip::default() });
    }

    /// The warning that nobody should sign, on the first page of a draft.
    pub(super) fn warning(&mut self) {
        let (lines, leaf) = self.lines(Tag::P, DO_NOT_SIGN, WARNING, self.width);
        self.strip(warning_strip(lines, leaf));
    }

    /// Adds a strip.
    pub(super) fn strip(&mut self, strip: Strip) {
        self.laid.strips.push(strip);
    }

    /// Keeps strips as the head of a table, to be repeated; its number.
    pub(super) fn keep_head(&mut self, strips: Vec<Strip>) -> usize {
        self.laid.heads.push(strips);
        self.laid.heads.len() - 1
    }

    fn tag(&mut self, tree: Tree) {
        self.open.last_mut().unwrap_or(&mut self.laid.tree).push(tree);
    }
}

/// The warning in its frame, in the middle of the page's width.
pub(super) fn warning_strip(lines: Vec<Line>, leaf: usize) -> Strip {
    let height = pages::WARNING_HEIGHT;
    let mut marks = frame(pages::LEFT, 0.0, pages::WIDTH, height, RED);
    marks.extend(lines.into_iter().take(1).map(|line| {
        let x = pages::LEFT + (pages::WIDTH - line.width) / 2.0;
        let baseline = (height - line.style.leading) / 2.0 + line.style.baseline();
        Mark::Words { line, x, baseline, leaf }
    }));
    Strip { height, marks, ..Strip::default() }
}

/// The four lines around a rectangle.
pub(super) fn frame(x: f32, y: f32, width: f32, height: f32, colour: Colour) -> Vec<Mark> {
    let line = |x, y, width, height| Mark::Block { x, y, width, height, colour };
    vec![line(x, y, width, THIN), line(x, y + height - THIN, width, THIN), line(x, y, THIN, height), line(x + width - THIN, y, THIN, height)]
}
