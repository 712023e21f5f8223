//! Strips into pages.

use super::flow::Strip;

/// The width of an A4 page, in points.
pub(super) const PAGE_WIDTH: f32 = 595.28;
/// The height of an A4 page.
pub(super) const PAGE_HEIGHT: f32 = 841.89;
/// The left margin, 20 mm.
pub(super) const LEFT: f32 = 56.69;
/// The width between the margins.
pub(super) const WIDTH: f32 = PAGE_WIDTH - 2.0 * LEFT;
/// Where the content of a page begins.
pub(super) const TOP: f32 = 45.0;
/// Where the content of a page ends at the latest.
pub(super) const BOTTOM: f32 = 776.0;
/// The height of the warning on a draft.
pub(super) const WARNING_HEIGHT: f32 = 24.0;
/// The room below that warning, from the second page on.
const BELOW_WARNING: f32 = 14.0;

/// A strip on a page.
pub(super) struct Placed<'a> {
    /// The strip.
    pub(super) strip: &'a Strip,
    /// Where its top is.
    pub(super) y: f32,
    /// Whether it is the repeated head of a table.
    pub(super) repeated: bool,
}

/// Cuts the strips into pages. Those that stay together are moved to a new page together, if one page can hold them.
pub(super) fn pages<'a>(strips: &'a [Strip], heads: &'a [Vec<Strip>], is_draft: bool) -> Vec<Vec<Placed<'a>>> {
    let top = if is_draft { TOP + WARNING_HEIGHT + BELOW_WARNING } else { TOP };
    let mut maker = Maker { heads, top, pages: Vec::new(), page: Vec::new(), y: TOP, is_at_top: true };
    for together in strips.split_inclusive(|strip| !strip.stays) {
        let height: f32 = together.iter().map(|strip| strip.gap + strip.height).sum();
        if maker.y + height > BOTTOM && !maker.is_at_top {
            maker.turn(together.first());
        }
        for strip in together {
            maker.place(strip);
        }
    }
    maker.pages.push(maker.page);
    maker.pages
}

struct Maker<'a> {
    heads: &'a [Vec<Strip>],
    top: f32,
    pages: Vec<Vec<Placed<'a>>>,
    page: Vec<Placed<'a>>,
    y: f32,
    is_at_top: bool,
}

impl<'a> Maker<'a> {
    fn turn(&mut self, next: Option<&Strip>) {
        self.pages.push(std::mem::take(&mut self.page));
        self.y = self.top;
        self.is_at_top = true;
        let head = next.and_then(|strip| strip.head).and_then(|head| self.heads.get(head));
        for strip in head.into_iter().flatten() {
            self.page.push(Placed { strip, y: self.y, repeated: true });
            self.y += strip.height;
        }
    }

    fn place(&mut self, strip: &'a Strip) {
        if self.y + strip.gap + strip.height > BOTTOM && !self.is_at_top {
            self.turn(Some(strip));
        }
        if !self.is_at_top {
            self.y += strip.gap;
        }
        self.page.push(Placed { strip, y: self.y, repeated: false });
        self.y += strip.height;
        self.is_at_top = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(height: f32, stays: bool) -> Strip {
        Strip { height, stays, ..Strip::default() }
    }

    fn counts(strips: &[Strip]) -> Vec<usize> {
        pages(strips, &[], false).iter().map(Vec::len).collect()
    }

    #[test]
    fn what_stays_together_moves_together() {
        assert_eq!(counts(&[strip(700.0, false), strip(20.0, true), strip(20.0, false)]), [1, 2]);
        assert_eq!(counts(&[strip(690.0, false), strip(20.0, true), strip(20.0, false)]), [3]);
    }

    #[test]
    fn what_no_page_can_hold_is_cut() {
        assert_eq!(counts(&vec![strip(100.0, true); 15]), [7, 7, 1]);
    }

    #[test]
    fn a_new_page_begins_with_the_head_of_the_table() {
        let rows = vec![Strip { head: Some(0), ..strip(300.0, false) }; 3];
        let heads = [vec![strip(50.0, true)]];
        let pages = pages(&rows, &heads, true);
        assert_eq!(
            pages.iter().map(|page| page.iter().map(|placed| placed.repeated).collect()).collect::<Vec<Vec<bool>>>(),
            [vec![false, false], vec![true, false]]
        );
    }
}
