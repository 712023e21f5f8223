//! Names to invent people from: common French first names and family names. No pair of them is anybody's.

use domain::beneficiary::Title;

use super::chance::Chance;

/// First names, women's and men's, of several generations.
#[rustfmt::skip]
const FIRST: &[&str] = &[
    "Adrien", "Agathe", "Alain", "Alexandra", "Alice", "Amandine", "Amélie", "Amina", "Anaïs", "André", "Angélique", "Anne", "Annick", "Anthony",
    "Antoine", "Arnaud", "Aurélie", "Aurélien", "Bastien", "Béatrice", "Benoît", "Bernadette", "Brigitte", "Bruno", "Camille", "Carole", "Caroline",
    "Cédric", "Céline", "Chantal", "Charlotte", "Christelle", "Christian", "Christophe", "Claire", "Clément", "Corinne", "Cyril", "Damien",
    "Daniel", "David", "Delphine", "Denis", "Didier", "Djamila", "Dominique", "Dylan", "Élise", "Élodie", "Émilie", "Emma", "Éric", "Estelle",
    "Eugénie", "Fabien", "Fabrice", "Fatima", "Florence", "Florian", "Franck", "Frédéric", "Gaëlle", "Gérard", "Ghislaine", "Grégory", "Guillaume",
    "Hélène", "Henri", "Hugo", "Inès", "Isabelle", "Jacqueline", "Jean-Marc", "Jérémy", "Jérôme", "Joël", "Jonathan", "Joséphine", "Julie",
    "Julien", "Justine", "Karim", "Karine", "Kévin", "Laëtitia", "Laura", "Laurence", "Laurent", "Léa", "Lionel", "Lise", "Loïc", "Lucas", "Lucie",
    "Ludovic", "Magali", "Manon", "Marc", "Marie", "Marie-Laure", "Marine", "Marion", "Martine", "Mathieu", "Mathilde", "Maxime", "Mélanie",
    "Michel", "Mickaël", "Mireille", "Mohamed", "Monique", "Morgane", "Muriel", "Myriam", "Nadège", "Nadia", "Natacha", "Nathalie", "Nicolas",
    "Noémie", "Olivier", "Pascal", "Pascale", "Patricia", "Patrick", "Paul", "Pauline", "Philippe", "Pierre", "Quentin", "Rachel", "Rachid",
    "Raphaël", "Régine", "Rémi", "Romain", "Rose", "Sabrina", "Samira", "Sandra", "Sandrine", "Sébastien", "Séverine", "Simon", "Solène", "Sophie",
    "Stéphane", "Stéphanie", "Sylvain", "Sylvie", "Théo", "Thérèse", "Thierry", "Thomas", "Valérie", "Vanessa", "Véronique", "Victor", "Vincent",
    "Virginie", "Xavier", "Yannick", "Yasmina", "Yves", "Zoé",
];

/// Those among them that are men's. The others are women's, but for [`EITHER`].
#[rustfmt::skip]
const MEN: &[&str] = &[
    "Adrien", "Alain", "André", "Anthony", "Antoine", "Arnaud", "Aurélien", "Bastien", "Benoît", "Bruno", "Cédric", "Christian", "Christophe",
    "Clément", "Cyril", "Damien", "Daniel", "David", "Denis", "Didier", "Dylan", "Éric", "Fabien", "Fabrice", "Florian", "Franck", "Frédéric",
    "Gérard", "Grégory", "Guillaume", "Henri", "Hugo", "Jean-Marc", "Jérémy", "Jérôme", "Joël", "Jonathan", "Julien", "Karim", "Kévin", "Laurent",
    "Lionel", "Loïc", "Lucas", "Ludovic", "Marc", "Mathieu", "Maxime", "Michel", "Mickaël", "Mohamed", "Nicolas", "Olivier", "Pascal", "Patrick",
    "Paul", "Philippe", "Pierre", "Quentin", "Rachid", "Raphaël", "Rémi", "Romain", "Sébastien", "Simon", "Stéphane", "Sylvain", "Théo", "Thierry",
    "Thomas", "Victor", "Vincent", "Xavier", "Yves",
];

/// Those among them that are women's and men's.
const EITHER: &[&str] = &["Camille", "Dominique", "Yannick"];

/// Family names.
#[rustfmt::skip]
const LAST: &[&str] = &[
    "Adam", "Andrieux", "Arnaud", "Aubert", "Audoin", "Bailly", "Barbier", "Bardet", "Baron", "Barre", "Barthélemy", "Baudry", "Benali", "Benoît",
    "Berger", "Bernard", "Berthet", "Bertrand", "Besson", "Blanc", "Blanchard", "Bonnet", "Boucher", "Boulanger", "Bourgeois", "Boutet", "Boyer",
    "Breton", "Brun", "Brunet", "Caron", "Carpentier", "Chabrier", "Charles", "Charpentier", "Chassagne", "Chauvet", "Chevalier", "Clément",
    "Colin", "Collet", "Cordier", "Coste", "Cousin", "Da Silva", "Daniel", "David", "Delage", "Delmas", "Denis", "Deschamps", "Desvignes", "Diallo",
    "Didier", "Dubois", "Dufour", "Dumas", "Dumont", "Dupuis", "Dupuy", "Durand", "Duval", "El Amrani", "Étienne", "Fabre", "Faucher", "Faure",
    "Fernandes", "Fleury", "Fontaine", "Fournier", "François", "Gaillard", "Garnier", "Gauthier", "Gautier", "Gay", "Gérard", "Germain", "Gillet",
    "Girard", "Giraud", "Gonzalez", "Granger", "Guérin", "Guillaume", "Guillot", "Haddad", "Henry", "Hubert", "Humbert", "Jacquet", "Jean", "Joly",
    "Jourdan", "Julien", "Klein", "Lacroix", "Lagarde", "Lambert", "Langlois", "Laporte", "Laurent", "Lavergne", "Leblanc", "Leclerc", "Lecomte",
    "Lefèvre", "Legrand", "Lemaire", "Lemoine", "Leroux", "Leroy", "Lévêque", "Lopez", "Louis", "Maillard", "Mallet", "Marchand", "Marie",
    "Marquet", "Martin", "Martinez", "Masson", "Mathieu", "Mazaud", "Mercier", "Meunier", "Meyer", "Michel", "Monnier", "Moreau", "Morel", "Morin",
    "Mouret", "Muller", "Navarro", "Nguyen", "Nicolas", "Noël", "Olivier", "Ouedraogo", "Paris", "Pasquet", "Patureau", "Perret", "Perrin",
    "Perrot", "Petit", "Philippe", "Picard", "Pichon", "Pineau", "Poirier", "Pons", "Poulain", "Prévost", "Raynaud", "Renard", "Renaud", "Rey",
    "Reynaud", "Richard", "Rivière", "Robert", "Robin", "Roche", "Roger", "Rolland", "Rousseau", "Roussel", "Roux", "Royer", "Sanchez", "Schneider",
    "Simon", "Sow", "Tessier", "Texier", "Thomas", "Toulouse", "Traoré", "Vallet", "Vasseur", "Verger", "Vergnaud", "Vidal", "Villeneuve",
    "Vincent", "Yilmaz",
];

/// A first name and a family name.
pub(super) fn draw(chance: &mut Chance) -> (&'static str, &'static str) {
    (chance.pick(FIRST, "Camille"), chance.pick(LAST, "Martin"))
}

/// How somebody of a first name is addressed; none when it does not say.
pub(super) fn title(first_name: &str) -> Option<Title> {
    if EITHER.contains(&first_name) {
        return None;
    }
    Some(if MEN.contains(&first_name) { Title::Mister } else { Title::Madam })
}

#[cfg(test)]
mod tests {
    use domain::text::Name;

    use super::*;

    #[test]
    fn every_name_is_one_and_stands_once() {
        for list in [FIRST, LAST, MEN, EITHER] {
            assert!(list.iter().all(|name| name.parse::<Name>().is_ok()));
            assert!(list.windows(2).all(|pair| domain::text::folded(pair[0]) < domain::text::folded(pair[1])), "in order, so that none stands twice");
        }
    }

    #[test]
    fn a_first_name_says_how_its_bearer_is_addressed() {
        assert!(MEN.iter().chain(EITHER).all(|name| FIRST.contains(name)));
        assert_eq!([title("Zoé"), title("Yves"), title("Camille")], [Some(Title::Madam), Some(Title::Mister), None]);
    }
}
