//! Pages into a tagged PDF.

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use super::PrintError;
use super::flow::{DO_NOT_SIGN, FOOTER, Flow, LINE, Laid, Mark, THIN, Tree, WARNING, warning_strip};
use super::fonts::Fonts;
use super::pages::{self, LEFT, PAGE_HEIGHT, PAGE_WIDTH, Placed, TOP, WIDTH};
use super::text::{Colour, Line, Typesetter, is_blank, property, shortened};

/// The language of all documents.
const LANGUAGE: &str = "fr-FR";
/// Where the footer begins.
const FOOTER_TOP: f32 = 793.0;
/// The room for the page's number.
const NUMBER_WIDTH: f32 = 90.0;
/// The most characters of the title that the footer holds.
const FOOTER_TITLE: usize = 70;
/// The most characters of the reference that the footer holds.
const FOOTER_REFERENCE: usize = 50;

/// What is on all pages.
pub(super) struct Sheet {
    /// The document's title, in the file's properties.
    pub(super) title: String,
    /// Its short form, in the footer.
    pub(super) short_title: String,
    /// The reference in the footer.
    pub(super) reference: String,
    /// Whether nobody should sign it.
    pub(super) is_draft: bool,
}

/// Writes a document.
pub(super) fn draw(flow: Flow, sheet: &Sheet) -> Result<Vec<u8>, PrintError> {
    let (laid, mut typesetter) = flow.finish();
    let fonts = Fonts::get()?;
    let pages = pages::pages(&laid.strips, &laid.heads, sheet.is_draft);
    let mut document = Document::new_with(settings()?);
    let mut contents: Vec<Vec<Identifier>> = vec![Vec::new(); laid.leaves];
    let mut outline = Outline::new();
    let count = pages.len();
    for (index, placed) in pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).ok_or(PrintError::Page)?;
        let mut page = document.start_page_with(settings);
        Brush { surface: page.surface(), fonts }.page(&mut typesetter, sheet, placed, &mut contents, (index + 1, count));
        page.finish();
        for Placed { strip, y, .. } in placed {
            if let Some(title) = &strip.bookmark {
                outline.push_child(OutlineNode::new(title.clone(), XyzDestination::new(index, Point::from_xy(LEFT, *y))));
            }
        }
    }
    document.set_outline(outline);
    document.set_tag_tree(tag_tree(&laid, &contents));
    document.set_metadata(Metadata::new().title(property(&sheet.title)).language(LANGUAGE.to_owned()).creator("Jalon".to_owned()));
    document.finish().map_err(|_| PrintError::Writing)
}

fn settings() -> Result<SerializeSettings, PrintError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|_| PrintError::Writing)?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn tag_tree(laid: &Laid, contents: &[Vec<Identifier>]) -> TagTree {
    let mut tags = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    for node in laid.tree.iter().flat_map(|tree| nodes(tree, contents)) {
        tags.push(node);
    }
    tags
}

fn nodes(tree: &Tree, contents: &[Vec<Identifier>]) -> Vec<Node> {
    match tree {
        Tree::Group(tag, children) => {
            let children = children.iter().flat_map(|child| nodes(child, contents)).collect();
            vec![TagGroup::with_children(tag.clone(), children).into()]
        }
        Tree::Leaf(leaf) => contents.get(*leaf).into_iter().flatten().map(|content| Node::from(*content)).collect(),
    }
}

/// A page being drawn.
struct Brush<'a> {
    surface: Surface<'a>,
    fonts: &'static Fonts,
}

impl Brush<'_> {
    /// A page, `(number, count)` among all.
    fn page(
        mut self,
        typesetter: &mut Typesetter,
        sheet: &Sheet,
        placed: &[Placed<'_>],
        contents: &mut [Vec<Identifier>],
        (number, count): (usize, usize),
    ) {
        if number > 1 && sheet.is_draft {
            self.warning(typesetter);
        }
        self.content(placed, contents);
        self.footer(typesetter, sheet, number, count);
        self.surface.finish();
    }

    /// What the page holds: lines and shades first, then words in the order of reading.
    fn content(&mut self, placed: &[Placed<'_>], contents: &mut [Vec<Identifier>]) {
        self.surface.start_tagged(artifact(ArtifactType::Layout));
        for Placed { strip, y, .. } in placed {
            self.blocks(&strip.marks, *y);
        }
        self.surface.end_tagged();
        for Placed { strip, y, .. } in placed.iter().filter(|placed| placed.repeated) {
            self.aside(ArtifactType::PaginationOther, &strip.marks, *y);
        }
        let mut words = Vec::new();
        for Placed { strip, y, .. } in placed.iter().filter(|placed| !placed.repeated) {
            for mark in &strip.marks {
                if let Mark::Words { line, x, baseline, leaf } = mark {
                    words.push((*leaf, line, *x, y + baseline));
                }
            }
        }
        words.sort_by_key(|(leaf, ..)| *leaf);
        for (leaf, line, x, baseline) in words {
            let content = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            self.line(line, x, baseline);
            self.surface.end_tagged();
            if let Some(contents) = contents.get_mut(leaf) {
                contents.push(content);
            }
        }
    }

    /// The warning on a draft, from the second page on.
    fn warning(&mut self, typesetter: &mut Typesetter) {
        let strip = warning_strip(typesetter.lines(DO_NOT_SIGN, WARNING, WIDTH), 0);
        self.surface.start_tagged(artifact(ArtifactType::Layout));
        self.blocks(&strip.marks, TOP);
        self.surface.end_tagged();
        self.aside(ArtifactType::Header, &strip.marks, TOP);
    }

    fn footer(&mut self, typesetter: &mut Typesetter, sheet: &Sheet, number: usize, count: usize) {
        self.surface.start_tagged(artifact(ArtifactType::Footer));
        self.block(LEFT, FOOTER_TOP - 6.0, WIDTH, THIN, LINE);
        let (title, reference) = (shortened(&sheet.short_title, FOOTER_TITLE), shortened(&sheet.reference, FOOTER_REFERENCE));
        let parts = [title, reference].into_iter().filter(|part| !is_blank(part)).collect::<Vec<_>>();
        let mut baseline = FOOTER_TOP + FOOTER.baseline();
        for line in typesetter.lines(&parts.join(" – "), FOOTER, WIDTH - NUMBER_WIDTH).iter().take(3) {
            self.line(line, LEFT, baseline);
            baseline += FOOTER.leading;
        }
        for line in typesetter.lines(&format!("page {number} sur {count}"), FOOTER, NUMBER_WIDTH).iter().take(1) {
            self.line(line, LEFT + WIDTH - line.width, FOOTER_TOP + FOOTER.baseline());
        }
        self.surface.end_tagged();
    }

    /// Words that are no part of the text.
    fn aside(&mut self, kind: ArtifactType, marks: &[Mark], y: f32) {
        self.surface.start_tagged(artifact(kind));
        for mark in marks {
            if let Mark::Words { line, x, baseline, .. } = mark {
                self.line(line, *x, y + baseline);
            }
        }
        self.surface.end_tagged();
    }

    fn blocks(&mut self, marks: &[Mark], top: f32) {
        for mark in marks {
            if let Mark::Block { x, y, width, height, colour } = mark {
                self.block(*x, top + y, *width, *height, *colour);
            }
        }
    }

    fn block(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        let mut path = PathBuilder::new();
        if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rectangle);
        }
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(fill(colour)));
            self.surface.draw_path(&path);
        }
    }

    fn line(&mut self, line: &Line, x: f32, baseline: f32) {
        let face = self.fonts.face(line.style.bold);
        self.surface.set_fill(Some(fill(line.style.colour)));
        self.surface.draw_glyphs(Point::from_xy(x, baseline), &line.glyphs, face, &line.text, line.style.size, false);
    }
}

fn artifact(kind: ArtifactType) -> ContentTag<'static> {
    ContentTag::Artifact(Artifact::with_kind(kind))
}

fn fill(Colour(red, green, blue): Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}
