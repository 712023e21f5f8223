//! Making the demonstration, or what of it is missing: first the house and its people, then group by group what happened in it. The
//! rules decide everything; the clock is the database's own.

use std::collections::HashMap;

use domain::beneficiary::Beneficiary;
use domain::enrolment::Enrolment;
use domain::id::Id;
use domain::policy::{ReadBeneficiary, ReadGroup, ReadOrganisation};
use persistence::beneficiaries::BeneficiaryQuery;
use persistence::machinery::reference;
use persistence::organisations::OrganisationQuery;
use persistence::{By, Db, Listing, Write, beneficiaries, groups, organisations as stored};

use super::maker::{DEMO, Maker, World};
use super::open_sheet::{self, OpenSheet};
use super::people::Person;
use super::scripts::Script;
use super::stays::Stay;
use super::{
    Plan, actions, capacity, contracts, enrolling, files, organisations, orienting, people, placements, places, referrals, sessions, sheets, staff,
    stays,
};
use crate::cli::sentence;
use crate::nir::seal::Seal;
use crate::problem::Stop;
use crate::server::StartError;

/// What there is after a start.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// People.
    pub people: usize,
    /// Groups.
    pub groups: usize,
    /// Sessions of these groups.
    pub sessions: usize,
    /// Sessions that this start added.
    pub new_sessions: usize,
    /// Marks that this start added.
    pub new_marks: usize,
    /// Referrals.
    pub referrals: usize,
    /// Steps of referrals that this start added.
    pub new_referral_steps: usize,
    /// Entries in people's files that this start added or went on with: rights, barriers, milestones, interventions, orientations.
    pub new_entries: usize,
    /// Steps that the rules refused: a visitor was there before. A start from nothing has none.
    pub refused: u32,
    /// The sheet a visitor is invited to fill.
    pub open_sheet: Option<OpenSheet>,
    /// The file a visitor is invited to read.
    pub example: Option<Example>,
}

/// Somebody whose file has something of everything.
#[derive(Clone, Debug)]
pub struct Example {
    /// Who.
    pub person: Id<Beneficiary>,
    /// What one looks for to find them.
    pub last_name: &'static str,
}

/// Steps of referrals in one transaction.
const STEPS_AT_ONCE: usize = 500;
/// People whose files are written in one transaction.
const FILES_AT_ONCE: usize = 500;

/// Makes the demonstration in a migrated SQLite database, or extends it to the database's own now. It refuses a database that it did
/// not make from the same seed. Without `seal` nobody has a social security number. `advance` is called [`Plan::steps`] times.
pub(crate) async fn build(db: &Db, plan: Plan, seal: Option<&Seal>, advance: impl Fn()) -> Result<Built, StartError> {
    let begun = begin(db, plan).await?;
    let people = people::people(&begun.world);
    begun.run(db, async |maker, w| make_house(maker, w, &people, seal).await).await?;
    advance();
    let known = begun.known(db).await?;
    let pools = stays::pools(&begun.world, &people);
    let mut built = Built { people: known.len(), ..Built::default() };
    let (scripts, referrals) = begun.refer(db, &people, &pools, &mut built).await?;
    advance();
    let (mut all_stays, mut seats) = (Vec::new(), HashMap::new());
    for (n, meeting) in actions::meetings(&begun.world) {
        let pool = pools.get(n).map_or(&[][..], Vec::as_slice);
        let stays = stays::stays(&begun.world, n, meeting, pool);
        let (group, seated) = begun.run(db, async |maker, w| live(maker, w, n, meeting, (&stays, &scripts), &known).await).await?;
        built.groups += 1;
        built.sessions += group.sessions;
        built.new_sessions += group.new_sessions;
        built.new_marks += group.new_marks;
        built.refused += group.refused;
        seats.extend(seated);
        all_stays.extend(stays.into_iter().map(|stay| (meeting.action, stay)));
        advance();
    }
    let mut stays: Vec<(usize, &Stay)> = all_stays.iter().map(|(action, stay)| (*action, stay)).collect();
    stays.sort_by_key(|(_, stay)| (stay.enrolled_at, stay.id));
    let lives = files::lives(&begun.maker(), &people, &stays);
    begun.write_files(db, (&lives, &stays), (&known, &seats), &mut built).await?;
    advance();
    begun.orient(db, &lives, (&scripts, &referrals), &known, &mut built).await?;
    advance();
    begun.contract(db, &people, &known, &mut built).await?;
    advance();
    built.open_sheet = begun.run(db, async |maker, w| open_sheet::ensure(maker, w).await).await?;
    advance();
    Ok(built)
}

/// A start: its world and what every step needs.
pub(super) struct Begun {
    pub(super) world: World,
    by: By,
    settings: domain::settings::Settings,
    vocabulary: domain::vocabulary::Vocabulary,
    not_before: Option<domain::calendar::Instant>,
}

/// Reads what the demonstration stands on, and refuses a database that is not its own.
pub(super) async fn begin(db: &Db, plan: Plan) -> Result<Begun, StartError> {
    let unreadable = |error: persistence::Error| StartError::because("the database cannot be read")(&error);
    let codes = reference::codes(db.read()).await.map_err(unreadable)?;
    let settings = reference::settings(db.read()).await.map_err(unreadable)?;
    let communes = reference::communes(db.read(), None).await.map_err(unreadable)?;
    let now = db.clock().now();
    let world = World { seed: plan.seed, plan, now, places: places::places(&communes) };
    let by = By { actor: DEMO, request: db.ids().uuid(now), operation: "demo" };
    let mut begun = Begun { world, by, settings, vocabulary: reference::vocabulary(&codes), not_before: None };

    let maker = begun.maker();
    let department = organisations::id(&maker, 0);
    let read = maker.may::<ReadOrganisation>(now).map_err(|stop| StartError(sentence(&stop)))?;
    let registered = stored::list(db.read(), &read, &OrganisationQuery::default(), &Listing::first(10_000)).await.map_err(unreadable)?.items;
    let is_ours = registered.iter().any(|organisation| organisation.id == department);
    if !is_ours && !registered.is_empty() {
        return Err(StartError(format!(
            "this database holds something that `jalon demo --seed {}` did not make: it is left alone. Name another database with JALON_DATABASE_URL",
            plan.seed
        )));
    }
    begun.not_before = is_ours.then_some(now);
    Ok(begun)
}

impl Begun {
    pub(super) fn maker(&self) -> Maker<'_> {
        Maker { world: &self.world, actor: &self.by.actor, settings: &self.settings, vocabulary: &self.vocabulary, not_before: self.not_before }
    }

    /// One transaction.
    pub(super) async fn run<T>(&self, db: &Db, work: impl AsyncFn(&Maker<'_>, &Write) -> Result<T, Stop>) -> Result<T, StartError> {
        let maker = self.maker();
        db.run(&self.by, async |w: &Write| work(&maker, w).await).await.map_err(|stop: Stop| StartError(sentence(&stop)))
    }

    /// Makes the referrals, a bounded number of steps to a transaction. Those that lead to a seat come before what happens in the group.
    async fn refer(
        &self,
        db: &Db,
        people: &[Person],
        pools: &[Vec<Id<Beneficiary>>],
        built: &mut Built,
    ) -> Result<(Vec<Script>, referrals::Known), StartError> {
        let told = |stop: Stop| StartError(sentence(&stop));
        let maker = self.maker();
        let scripts = referrals::scripts(&maker, people, pools).map_err(told)?;
        let known = referrals::known(&maker, db.read()).await.map_err(told)?;
        for steps in referrals::due(&self.world, &scripts, &known).chunks(STEPS_AT_ONCE) {
            let (taken, refused) = self.run(db, async |maker, w| Box::pin(referrals::take(maker, w, steps)).await).await?;
            built.new_referral_steps += taken;
            built.refused += refused;
        }
        let known = referrals::known(&maker, db.read()).await.map_err(told)?;
        built.referrals = known.len();
        Ok((scripts, known))
    }

    /// Writes what is invented of people into their files, a bounded number of people to a transaction.
    async fn write_files(
        &self,
        db: &Db,
        (lives, stays): (&[files::Life<'_>], &[(usize, &Stay)]),
        (people, seats): (&People, &Seats),
        built: &mut Built,
    ) -> Result<(), StartError> {
        let told = |stop: Stop| StartError(sentence(&stop));
        let known = files::Known::read(&self.maker(), db.read()).await.map_err(told)?;
        for lives in lives.chunks(FILES_AT_ONCE) {
            let files = files::Files { known: &known, people, seats };
            let written = self.run(db, async |maker, w| Box::pin(files::bring_up_to_date(maker, w, lives, &files)).await).await?;
            built.new_entries += written.steps;
            built.refused += written.refused;
        }
        // Whoever sits in a group with most to read.
        let sits = |life: &&files::Life<'_>| stays.iter().any(|(_, stay)| stay.person == life.person.id && !self.world.has_come(stay.ended_at));
        let example = lives.iter().filter(sits).max_by_key(|life| life.kinds());
        built.example = example.map(|life| Example { person: life.person.id, last_name: life.person.called.last_name });
        Ok(())
    }

    /// Orients people, a bounded number of them to a transaction.
    async fn orient(
        &self,
        db: &Db,
        lives: &[files::Life<'_>],
        (scripts, referrals): (&[Script], &referrals::Known),
        people: &People,
        built: &mut Built,
    ) -> Result<(), StartError> {
        let told = |stop: Stop| StartError(sentence(&stop));
        let maker = self.maker();
        let referents = self.run(db, async |maker, w| orienting::referents(maker, w).await).await?;
        let known = orienting::Known::read(&maker, db.read(), (scripts, referrals), referents).await.map_err(told)?;
        let (decided, refused) = orienting::take(&maker, lives, people, &known).map_err(told)?;
        for some in decided.chunks(FILES_AT_ONCE) {
            built.new_entries += self.run(db, async |maker, w| Ok(Box::pin(orienting::save(maker, w, some)).await?)).await?;
        }
        built.refused += refused;
        Ok(())
    }

    /// Signs contracts with them, a bounded number to a transaction.
    async fn contract(&self, db: &Db, everybody: &[Person], people: &People, built: &mut Built) -> Result<(), StartError> {
        let told = |stop: Stop| StartError(sentence(&stop));
        let maker = self.maker();
        let known = contracts::Known::read(&maker, db.read()).await.map_err(told)?;
        for some in contracts::take(&maker, everybody, people, &known).map_err(told)?.chunks(FILES_AT_ONCE) {
            built.new_entries += self.run(db, async |_, w| Ok(contracts::save(w, some).await?)).await?;
        }
        Ok(())
    }

    async fn known(&self, db: &Db) -> Result<People, StartError> {
        let read = self.maker().may::<ReadBeneficiary>(self.world.now).map_err(|stop| StartError(sentence(&stop)))?;
        let listed = beneficiaries::list(db.read(), &read, &BeneficiaryQuery::default(), &Listing::first(1_000_000)).await;
        let listed = listed.map_err(|error| StartError::because("the database cannot be read")(&error))?;
        Ok(listed.items.into_iter().map(|person| (person.id, person)).collect())
    }
}

/// The people there are.
type People = HashMap<Id<Beneficiary>, Beneficiary>;
/// Whose each enrolment is.
type Seats = HashMap<Id<Enrolment>, Id<Beneficiary>>;

async fn make_house(maker: &Maker<'_>, w: &Write, everybody: &[Person], seal: Option<&Seal>) -> Result<(), Stop> {
    let organisations = organisations::make(maker, w).await?;
    capacity::make(maker, w).await?;
    places::make(maker, w).await?;
    staff::make(maker, w, &organisations).await?;
    actions::make(maker, w, &organisations).await?;
    people::make(maker, w, everybody, seal).await
}

/// What happened in group number `n`.
async fn live(
    maker: &Maker<'_>,
    w: &Write,
    n: usize,
    meeting: &actions::Meeting,
    (stays, scripts): (&[stays::Stay], &[Script]),
    people: &People,
) -> Result<(Built, Seats), Stop> {
    let read = maker.may::<ReadGroup>(maker.world.now)?;
    let Some(row) = groups::find(w, &read, actions::group_id(maker.world, n)).await? else { return Ok(<_>::default()) };
    let themes = actions::themes(meeting.action);
    let (enrolled, refused) = enrolling::bring_up_to_date(maker, w, &row.group, themes, stays, people).await?;
    let timetable = sessions::bring_up_to_date(maker, w, n, meeting, &row.group).await?;
    let (new_marks, unmarked) =
        sheets::bring_up_to_date(maker, w, timetable.invented, &enrolled, stays.iter().chain(placements::guests(scripts, n))).await?;
    let built = Built { sessions: timetable.all, new_sessions: timetable.new, new_marks, refused: refused + unmarked, ..Built::default() };
    Ok((built, enrolled.values().map(|one| (one.id, one.person.id)).collect()))
}
