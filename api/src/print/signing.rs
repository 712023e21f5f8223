//! Signature blocks: who signs, where and when, and the frame to sign in. Two side by side, never parted by a page break.

use krilla::tagging::Tag;

use super::flow::{BODY, Flow, LINE, Mark, NOTE, STRONG, Strip, THIN, frame};
use super::tables::{Cell, Look, row};

/// The height of the frame to sign in.
const FRAME_HEIGHT: f32 = 58.0;
/// The room between a frame and what is said in it.
const INSIDE: f32 = 5.0;
/// The room between two blocks side by side.
const BETWEEN: f32 = 22.0;
/// The room between two rows of blocks.
const BETWEEN_ROWS: f32 = 16.0;
/// The most rows of blocks that stay on one page.
const ROWS_TOGETHER: usize = 3;

/// One block.
pub(super) struct Block {
    /// As what they sign.
    pub(super) party: String,
    /// Their name.
    pub(super) name: String,
    /// What is said in the frame.
    pub(super) said: String,
    /// Whether the place and the date are to be filled in.
    pub(super) to_fill_in: bool,
}

/// The blocks, two a row, after some room. All are on one page, unless they are many.
pub(super) fn blocks(flow: &mut Flow, blocks: &[Block], gap: f32) {
    let rows = blocks.len().div_ceil(2);
    for (index, pair) in blocks.chunks(2).enumerate() {
        pair_of_blocks(flow, pair, if index == 0 { gap } else { BETWEEN_ROWS });
        if index + 1 < rows && rows <= ROWS_TOGETHER {
            flow.stay();
        }
    }
}

fn pair_of_blocks(flow: &mut Flow, pair: &[Block], gap: f32) {
    let (left, full) = flow.column();
    let width = (full - BETWEEN) / 2.0;
    let (mut parties, mut names, mut places, mut said) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut blanks, mut x) = (Vec::new(), left);
    for block in pair {
        flow.group(Tag::Div, |flow| {
            parties.push(Cell::new(flow, Tag::P, &block.party, STRONG, x, width));
            names.push(Cell::new(flow, Tag::P, &block.name, BODY, x, width));
            if block.to_fill_in {
                let day = x + width * 0.6;
                flow.group(Tag::P, |flow| {
                    places.push(Cell::new(flow, Tag::Span, "Fait à ", BODY, x, width));
                    places.push(Cell::new(flow, Tag::Span, "le ", BODY, day, width));
                });
                blanks.extend([(x + 36.0, day - 6.0), (day + 14.0, x + width)]);
            }
            said.push(Cell::new(flow, Tag::P, &block.said, NOTE, x + 6.0, width - 12.0));
        });
        x += width + BETWEEN;
    }
    let mut strips = row(flow, &parties, STRONG.leading, &Look { gap, ..Look::default() });
    strips.extend(row(flow, &names, BODY.leading, &Look::default()));
    if !places.is_empty() {
        strips.extend(row(flow, &places, BODY.leading, &Look { padding: 4.0, ..Look::default() }).into_iter().map(|mut strip| {
            let y = strip.height - 7.0;
            strip.marks.extend(blanks.iter().map(|(from, to)| Mark::Block { x: *from, y, width: to - from, height: THIN, colour: LINE }));
            strip
        }));
    }
    for mut strip in strips {
        strip.stays = true;
        flow.strip(strip);
    }
    let bottom = frames(&row(flow, &said, NOTE.leading, &Look::default()), left, width, pair.len());
    flow.strip(bottom);
}

/// One block for whoever signs without being named: the name, the place and the date to fill in on the left, the frame on the right.
pub(super) fn unnamed_block(flow: &mut Flow, said: &str, gap: f32) {
    let (left, full) = flow.column();
    let width = (full - BETWEEN) / 2.0;
    let (right, day) = (left + width + BETWEEN, left + width * 0.6);
    let mut strip = Strip { gap, height: FRAME_HEIGHT, marks: frame(right, 0.0, width, FRAME_HEIGHT, LINE), ..Strip::default() };
    let texts = [("Nom et prénom :", BODY, left, 18.0), ("Fait à ", BODY, left, 48.0), ("le ", BODY, day, 48.0), (said, NOTE, right + 6.0, 16.0)];
    for (text, style, x, baseline) in texts {
        let (lines, leaf) = flow.lines(Tag::P, text, style, width - 12.0);
        strip.marks.extend(lines.into_iter().take(1).map(|line| Mark::Words { line, x, baseline, leaf }));
    }
    for (from, to, y) in [(left + 86.0, left + width, 20.0), (left + 36.0, day - 6.0, 50.0), (day + 14.0, left + width, 50.0)] {
        strip.marks.push(Mark::Block { x: from, y, width: to - from, height: THIN, colour: LINE });
    }
    flow.strip(strip);
}

/// The frames to sign in, side by side, and what is said in them.
fn frames(said: &[Strip], left: f32, width: f32, count: usize) -> Strip {
    let mut marks = Vec::new();
    let mut top = INSIDE;
    for strip in said {
        for mark in &strip.marks {
            if let Mark::Words { line, x, baseline, leaf } = mark {
                marks.push(Mark::Words { line: line.clone(), x: *x, baseline: baseline + top, leaf: *leaf });
            }
        }
        top += strip.height;
    }
    let height = FRAME_HEIGHT.max(top + INSIDE);
    for x in [left, left + width + BETWEEN].into_iter().take(count) {
        marks.extend(frame(x, 0.0, width, height, LINE));
    }
    Strip { gap: 4.0, height, marks, ..Strip::default() }
}
