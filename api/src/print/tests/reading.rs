//! A PDF read back, without the code that wrote it.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

/// A PDF that was read.
pub(super) struct Pdf {
    document: Document,
    pages: Vec<String>,
    /// Where each run of words begins and ends from the left, and where it stands from the top, in points.
    runs: Vec<(f32, f32, f32)>,
}

/// A text with all its spaces alike, none at its ends.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a font's codes mean and how wide they are.
struct Codes {
    meanings: BTreeMap<u16, String>,
    widths: BTreeMap<u16, f32>,
}

impl Pdf {
    /// Reads a PDF.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut pdf = Self { document: Document::load_mem(bytes).unwrap(), pages: Vec::new(), runs: Vec::new() };
        let ids: Vec<ObjectId> = pdf.document.get_pages().into_values().collect();
        for id in ids {
            let page = pdf.page(id);
            pdf.pages.push(page);
        }
        pdf
    }

    /// The text of each page, its spaces alike.
    pub(super) fn pages(&self) -> &[String] {
        &self.pages
    }

    /// The whole text.
    pub(super) fn text(&self) -> String {
        self.pages.join(" ")
    }

    /// Whether a text is on the pages, spaces and line ends aside. A page's end may be in it.
    pub(super) fn says(&self, text: &str) -> bool {
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        self.text().contains(&plain(text)) || text.lines().all(|line| squeezed(&self.without_footers()).contains(&squeezed(line)))
    }

    /// The file's identifier.
    pub(super) fn id(&self) -> String {
        format!("{:?}", self.document.trailer.get(b"ID").unwrap())
    }

    /// Whether it is said to be tagged.
    pub(super) fn is_marked(&self) -> bool {
        let info = self.document.catalog().unwrap().get(b"MarkInfo").unwrap();
        self.resolved(info).as_dict().unwrap().get(b"Marked").unwrap().as_bool().unwrap()
    }

    /// Its language.
    pub(super) fn language(&self) -> String {
        String::from_utf8(self.document.catalog().unwrap().get(b"Lang").unwrap().as_str().unwrap().to_vec()).unwrap()
    }

    /// The tags in it.
    pub(super) fn roles(&self) -> BTreeSet<String> {
        let elements = self.document.objects.values().filter_map(|object| object.as_dict().ok());
        let roles = elements.filter(|element| element.has(b"P")).filter_map(|element| element.get(b"S").ok()?.as_name().ok());
        roles.map(|role| String::from_utf8_lossy(role).into_owned()).collect()
    }

    /// No word is beyond the margins, no line beyond the footer.
    pub(super) fn assert_within_margins(&self) {
        for (left, right, baseline) in &self.runs {
            assert!(*left > 56.0 && *right < 539.5 && (45.0..825.0).contains(baseline), "{left} to {right}, at {baseline}");
        }
    }

    fn without_footers(&self) -> String {
        self.pages.iter().map(|page| page.rsplit_once("Contrat d’engagements réciproques n°").map_or(page.as_str(), |(before, _)| before)).collect()
    }

    fn resolved<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.document.dereference(object).unwrap().1
    }

    fn page(&mut self, id: ObjectId) -> String {
        let fonts: BTreeMap<Vec<u8>, Codes> =
            self.document.get_page_fonts(id).unwrap().into_iter().map(|(name, font)| (name, self.codes(font))).collect();
        let content = Content::decode(&self.document.get_page_content(id)).unwrap();
        let (mut text, mut font, mut size) = (String::new(), Vec::new(), 0.0);
        let mut place = (0.0, 0.0);
        let mut actual = Vec::new();
        for operation in content.operations {
            let number = |index: usize| operation.operands[index].as_float().unwrap();
            match operation.operator.as_str() {
                "BDC" | "BMC" => {
                    let said = operation.operands.get(1).and_then(|properties| properties.as_dict().ok()?.get(b"ActualText").ok());
                    actual.push(said.is_some());
                    text.extend(said.map(|said| lopdf::decode_text_string(said).unwrap()));
                }
                "EMC" => drop(actual.pop()),
                "BT" => text.push(' '),
                "Tf" => {
                    font = operation.operands[0].as_name().unwrap().to_vec();
                    size = number(1);
                }
                "Tm" => place = (number(4), number(5)),
                "Tj" | "TJ" => {
                    let (said, width) = fonts[&font].read(&operation.operands[0], size);
                    if !actual.contains(&true) {
                        text.push_str(&said);
                    }
                    if !said.trim().is_empty() {
                        self.runs.push((place.0, place.0 + width, place.1));
                    }
                }
                _ => {}
            }
        }
        plain(&text)
    }

    fn codes(&self, font: &Dictionary) -> Codes {
        let map = self.resolved(font.get(b"ToUnicode").unwrap()).as_stream().unwrap().decompressed_content().unwrap();
        let mut meanings = BTreeMap::new();
        for line in String::from_utf8(map).unwrap().lines() {
            let pair = line.strip_prefix('<').and_then(|line| line.strip_suffix('>')).and_then(|line| line.split_once("> <"));
            if let Some((code, meaning)) = pair.filter(|(code, meaning)| code.len() == 4 && meaning.len() % 4 == 0) {
                let units = meaning.as_bytes().chunks(4).map(|unit| u16::from_str_radix(std::str::from_utf8(unit).unwrap(), 16).unwrap());
                meanings.insert(u16::from_str_radix(code, 16).unwrap(), String::from_utf16(&units.collect::<Vec<_>>()).unwrap());
            }
        }
        let descendants = self.resolved(font.get(b"DescendantFonts").unwrap()).as_array().unwrap();
        let descendant = self.resolved(&descendants[0]).as_dict().unwrap();
        let mut widths = BTreeMap::new();
        for entry in self.resolved(descendant.get(b"W").unwrap()).as_array().unwrap().chunks(3) {
            let [first, last] = [0, 1].map(|index| u16::try_from(entry[index].as_i64().unwrap()).unwrap());
            widths.extend((first..=last).map(|code| (code, entry[2].as_float().unwrap())));
        }
        Codes { meanings, widths }
    }
}

impl Codes {
    /// What is said, and how wide without the spaces at its end.
    fn read(&self, shown: &Object, size: f32) -> (String, f32) {
        let (mut said, mut at, mut width) = (String::new(), 0.0, 0.0);
        let parts = if let Object::Array(parts) = shown { parts.clone() } else { vec![shown.clone()] };
        for part in parts {
            if let Object::String(codes, _) = part {
                for code in codes.chunks(2).map(|code| u16::from_be_bytes([code[0], code[1]])) {
                    // A glyph that is only read as part of several has no meaning of its own.
                    let meaning = self.meanings.get(&code).map_or("", String::as_str);
                    said.push_str(meaning);
                    at += self.widths.get(&code).unwrap_or(&0.0) * size / 1_000.0;
                    if !meaning.trim().is_empty() {
                        width = at;
                    }
                }
            } else {
                at -= part.as_float().unwrap() * size / 1_000.0;
            }
        }
        (said, width)
    }
}
