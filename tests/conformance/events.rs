//! Events in the store: sequences, keys, queues, what a crash leaves.
//!
//! Not here: SQL, and what events mean.

use std::sync::Arc;

use domain::Timestamp;
use domain::brand::BrandId;
use domain::code::Id;
use domain::events::{
    Alphabet, Bearer, Cause, Check, Message, Network, Notice, Raised, Reach, Sharing, State,
};
use server::store::events::{
    Asked, EventState, EventsCommand, EventsStore as _, HookDelivery, Next, Notification, Try,
};
use server::store::sqlite::SqliteStore;
use server::store::{Command, Store, StoreError, Subscription};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_900_000_000 + second).expect("an instant")
}

fn id(number: i64) -> Id {
    Id::from_parts(number, [0; 10])
}

async fn subscribe(store: &dyn Store, order: Id) {
    let subscription = Subscription {
        order,
        brand: BrandId::parse("fjell").expect("a brand"),
        plan: "day".to_owned(),
        subscriber: None,
        iccid: None,
        starts_at: at(0),
        ends_at: at(86_400),
    };
    store.commit(vec![Command::InsertSubscription(subscription)]).await.expect("inserted");
}

fn raise(subscription: Id, key: &str, cause: Cause) -> Command {
    let raised = Raised { key: key.to_owned(), cause, at: at(1) };
    Command::Events(EventsCommand::Raise { subscription, raised })
}

async fn log(store: &dyn Store) -> Vec<Notification> {
    let asked = Asked { subscription: None, after: 0, limit: 1000 };
    store.notifications(asked).await.expect("the log")
}

async fn do_all(store: &dyn Store, commands: Vec<EventsCommand>) {
    store.commit(commands.into_iter().map(Command::Events).collect()).await.expect("done");
}

/// Every cause, with every field set to something of its own.
fn causes() -> Vec<Cause> {
    let message = |bearer, alphabet, rule: Option<&str>| Message {
        bearer,
        encoding: 17,
        alphabet,
        bytes: vec![0, 255],
        text: "Å 'x' \"y\"".to_owned(),
        rule: rule.map(str::to_owned),
    };
    let mut all = vec![
        Cause::OperatorMessage(message(Bearer::GsmSms, Alphabet::Unicode, Some("A"))),
        Cause::OperatorMessage(message(Bearer::CdmaSms, Alphabet::Other, Some("B"))),
        Cause::PublicMessage(message(Bearer::Ussd, Alphabet::Other, None)),
        Cause::Threshold { cycle: 3, network: Network::Roaming, step: 7, usage_bytes: 1 << 40 },
        Cause::Reset { cycle: 4 },
        Cause::PlanDeleted,
        Cause::LimitProjected { cycle: 2, projected_bytes: 9 },
        Cause::Connected,
        Cause::Disconnected,
        Cause::Registered(Network::Home),
        Cause::Registered(Network::Roaming),
        Cause::EntitlementCheck { check: 5 },
        Cause::SharingChanged { is_on: true },
        Cause::ClientsChanged { clients: 9 },
        Cause::HotspotAuthentication,
    ];
    all.extend([Reach::None, Reach::Constrained, Reach::Internet].map(Cause::NetworkStatus));
    all.extend(Notice::ALL.map(Cause::Notice));
    all
}

async fn opened() -> (tempfile::TempDir, Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("store.sqlite")).expect("a store");
    (folder, Arc::new(store))
}

#[tokio::test]
async fn every_cause_reads_back_as_it_was_raised() {
    let (_folder, store) = opened().await;
    subscribe(store.as_ref(), id(1)).await;
    let all = causes();
    let batch =
        all.iter().enumerate().map(|(at, cause)| raise(id(1), &at.to_string(), cause.clone()));
    store.commit(batch.collect()).await.expect("raised");
    let found: Vec<_> = log(store.as_ref()).await.into_iter().map(|n| n.raised.cause).collect();
    assert_eq!(found, all);
}

/// [EVT-17]: sequences count within a subscriber without gaps, and a key counts once.
#[tokio::test]
async fn a_key_is_raised_once_and_sequences_have_no_gaps() {
    let (folder, store) = opened().await;
    let raised = store.raised();
    for number in 1..=2 {
        subscribe(store.as_ref(), id(number)).await;
    }
    assert!(!raised.has_changed().expect("alive"));
    for (subscription, key) in [(1, "a"), (2, "a"), (1, "a"), (1, "b"), (2, "c"), (1, "a")] {
        store.commit(vec![raise(id(subscription), key, Cause::Connected)]).await.expect("raised");
    }
    assert!(raised.has_changed().expect("alive"), "who waits is told");
    let nobody = store.commit(vec![raise(id(3), "a", Cause::Connected)]).await;
    assert_eq!(nobody, Err(StoreError::Missing));
    drop(store);
    // Opened again, nothing is forgotten.
    let store = SqliteStore::open(&folder.path().join("store.sqlite")).expect("a store");
    store.commit(vec![raise(id(1), "b", Cause::Connected)]).await.expect("raised");
    store.commit(vec![raise(id(1), "d", Cause::Connected)]).await.expect("raised");
    let of = |n: Notification| (n.subscription, n.seq, n.raised.key);
    let found: Vec<_> = log(&store).await.into_iter().map(of).collect();
    let expected = [(1, 1, "a"), (2, 1, "a"), (1, 2, "b"), (2, 2, "c"), (1, 3, "d")];
    assert_eq!(found, expected.map(|(s, seq, key)| (id(s), seq, key.to_owned())));
    let asked = Asked { subscription: Some(id(1)), after: 1, limit: 1 };
    let page = store.notifications(asked).await.expect("a page");
    assert_eq!(page.into_iter().map(|n| n.seq).collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn a_state_is_replaced_by_its_next_version_only() {
    let (_folder, store) = opened().await;
    let checks = vec![Check { number: 2, asked_at: at(5) }, Check { number: 3, asked_at: at(9) }];
    let mut state = EventState {
        subscription: id(1),
        version: 1,
        interface: Some("{x}".to_owned()),
        state: State {
            is_connected: true,
            registered: Some(Network::Roaming),
            told: Some(Network::Home),
            has_handler: true,
            raised: 12,
            checks_made: 3,
            checks,
        },
    };
    let save = |state: &EventState| {
        let state = Box::new(state.clone());
        store.commit(vec![Command::Events(EventsCommand::SaveState(state))])
    };
    assert_eq!(save(&state).await, Ok(()));
    assert_eq!(store.event_state(id(1)).await, Ok(Some(state.clone())));
    assert_eq!(save(&state).await, Err(StoreError::Conflict));
    assert_eq!(store.due_event_states(at(34), 9).await, Ok(vec![]), "[EVT-15]");
    assert_eq!(store.due_event_states(at(35), 9).await, Ok(vec![id(1)]), "[EVT-15]");
    state.version = 2;
    state.state = State::default();
    assert_eq!(save(&state).await, Ok(()));
    assert_eq!(store.due_event_states(at(99), 9).await, Ok(vec![]));
    let report = || EventsCommand::TakeReport {
        source: "s".into(),
        id: "1".into(),
        at: at(0),
        check: Some(2),
    };
    assert_eq!(store.commit(vec![Command::Events(report())]).await, Ok(()));
    let again = store.commit(vec![Command::Events(report())]).await;
    assert_eq!(again, Err(StoreError::Duplicate));
    let check = |id: &str| store.report_check("s".to_owned(), id.to_owned());
    assert_eq!((check("1").await, check("2").await), (Ok(Some(2)), Ok(None)));
    let denied = Sharing::Denied { reason: Some("no".to_owned()) };
    for sharing in [denied.clone(), Sharing::Allowed] {
        let (subscription, check) = (id(1), 2);
        let answer = EventsCommand::AnswerSharing { subscription, check, sharing, at: at(7) };
        do_all(store.as_ref(), vec![answer]).await;
    }
    assert_eq!(store.sharing_answer(id(1), 2).await, Ok(Some(denied)), "the first answer stays");
}

fn settled(notification: i64, second: i64, next: Next) -> EventsCommand {
    EventsCommand::Settle(Box::new(Try {
        endpoint: "e".to_owned(),
        notification,
        at: at(second),
        outcome: "status 0".to_owned(),
        next,
    }))
}

async fn due(store: &dyn Store, second: i64) -> Vec<i64> {
    let due = store.due_deliveries("e".to_owned(), at(second), 9).await.expect("due");
    due.into_iter().map(|delivery: HookDelivery| delivery.notification.id).collect()
}

/// [EVT-17]: of each subscriber only the first is due.
#[tokio::test]
async fn queues_keep_the_order_of_each_subscriber() {
    let (_folder, store) = opened().await;
    let store = store.as_ref();
    for number in 1..=2 {
        subscribe(store, id(number)).await;
    }
    store.commit(vec![raise(id(1), "before", Cause::Connected)]).await.expect("raised");
    do_all(store, vec![EventsCommand::AddEndpoint { name: "e".to_owned() }]).await;
    for (subscription, key) in [(1, "a"), (1, "b"), (2, "a"), (1, "c")] {
        store.commit(vec![raise(id(subscription), key, Cause::Connected)]).await.expect("raised");
    }
    let endpoint = store.endpoints().await.expect("endpoints").remove(0);
    assert_eq!(endpoint.cursor, 1, "what was before is not for it");
    let new = store.notifications(Asked { subscription: None, after: 1, limit: 9 }).await;
    let wanted: Vec<_> = new.expect("new").iter().map(|n| (n.id, n.subscription)).collect();
    let enqueue = || EventsCommand::Enqueue {
        endpoint: "e".to_owned(),
        up_to: 5,
        wanted: wanted.clone(),
        at: at(0),
    };
    do_all(store, vec![enqueue(), enqueue()]).await;
    assert_eq!(due(store, 0).await, [2, 4]);
    do_all(store, vec![settled(2, 0, Next::Later(at(60)))]).await;
    assert_eq!(due(store, 59).await, [4], "what comes later waits");
    assert_eq!(due(store, 60).await, [4, 2]);
    do_all(store, vec![settled(2, 60, Next::Done), settled(4, 60, Next::Done)]).await;
    assert_eq!(due(store, 60).await, [3]);
    do_all(store, vec![settled(3, 61, Next::Dead)]).await;
    assert_eq!(due(store, 61).await, [5], "what is given up holds nobody up");
    do_all(store, vec![settled(5, 62, Next::Done)]).await;
    assert_eq!(due(store, 99).await, [0_i64; 0]);
    let backlog = store.backlog("e".to_owned()).await.expect("a backlog");
    assert_eq!((backlog.open, backlog.dead), (0, 1));
    let replay =
        |notification| EventsCommand::Replay { endpoint: "e".to_owned(), notification, at: at(70) };
    let done = store.commit(vec![Command::Events(replay(Some(5)))]).await;
    assert_eq!(done, Err(StoreError::Missing), "what is delivered is not dead");
    let why = "410".to_owned();
    let disable = EventsCommand::Disable { endpoint: "e".to_owned(), at: at(69), why };
    do_all(store, vec![disable, replay(None)]).await;
    let endpoint = store.endpoints().await.expect("endpoints").remove(0);
    assert_eq!((endpoint.disabled, endpoint.cursor), (None, 5));
    assert_eq!(due(store, 70).await, [3]);
    let lines = store.delivery_lines(2, 9).await.expect("lines");
    let lines: Vec<_> = lines.iter().map(|line| (line.channel.as_str(), line.at)).collect();
    assert_eq!(lines, [("webhook e", at(0)), ("webhook e", at(60))]);
    let last = store.delivery_lines(2, 1).await.expect("lines");
    assert_eq!(last.iter().map(|line| line.at).collect::<Vec<_>>(), [at(60)], "the latest");
    // What is old is forgotten; what was queued anew is not old.
    do_all(store, vec![EventsCommand::Forget { before: at(61) }]).await;
    assert!(store.delivery_lines(2, 9).await.expect("lines").is_empty());
    let left = store.hook_deliveries("e".to_owned(), false, 9).await.expect("deliveries");
    let left: Vec<_> = left.iter().map(|d| (d.notification.id, d.state.as_str())).collect();
    assert_eq!(left, [(3, "open")]);
    assert_eq!(due(store, 70).await, [3]);
    do_all(store, vec![settled(3, 71, Next::Dead)]).await;
    let dead = store.hook_deliveries("e".to_owned(), true, 9).await.expect("deliveries");
    assert_eq!(dead.iter().map(|d| d.notification.id).collect::<Vec<_>>(), [3]);
}

/// Messages say nothing more, deliveries that nobody takes are given up, and keys stay.
#[tokio::test]
async fn what_is_old_is_forgotten_to_the_last_row() {
    let (_folder, store) = opened().await;
    let store = store.as_ref();
    subscribe(store, id(1)).await;
    do_all(store, vec![EventsCommand::AddEndpoint { name: "e".to_owned() }]).await;
    let all: Vec<_> = causes().into_iter().cycle().take(1500).collect();
    let number = |at: usize| i64::try_from(at).expect("a number");
    let mut batch = Vec::new();
    for (index, cause) in all.iter().enumerate() {
        let (source, key) = ("s".to_owned(), index.to_string());
        batch.push(raise(id(1), &key, cause.clone()));
        let report = EventsCommand::TakeReport { source, id: key, at: at(1), check: None };
        batch.push(Command::Events(report));
    }
    store.commit(batch).await.expect("raised");
    let wanted = (1..=all.len()).map(|index| (number(index), id(1))).collect();
    let endpoint = "e".to_owned();
    do_all(store, vec![EventsCommand::Enqueue { endpoint, up_to: 1500, wanted, at: at(1) }]).await;
    let (subscription, sharing) = (id(1), Sharing::Allowed);
    do_all(
        store,
        vec![EventsCommand::AnswerSharing { subscription, check: 1, sharing, at: at(1) }],
    )
    .await;
    assert_eq!(store.is_forgetting(at(1)).await, Ok(false));
    for is_left in [true, false] {
        assert_eq!(store.is_forgetting(at(2)).await, Ok(true));
        do_all(store, vec![EventsCommand::Forget { before: at(2) }]).await;
        assert_eq!(store.is_forgetting(at(2)).await, Ok(is_left));
    }
    assert_eq!(due(store, 99).await, [0_i64; 0]);
    assert_eq!(store.sharing_answer(id(1), 1).await, Ok(None));
    assert_eq!(store.backlog("e".to_owned()).await.expect("a backlog").open, 0);
    store.commit(vec![raise(id(1), "0", Cause::Connected)]).await.expect("raised");
    let asked = Asked { subscription: None, after: 0, limit: 2000 };
    let left = store.notifications(asked).await.expect("the log");
    assert_eq!(left.len(), all.len(), "keys stay");
    for notification in left {
        if let Cause::OperatorMessage(message) | Cause::PublicMessage(message) =
            notification.raised.cause
        {
            assert_eq!((message.bytes.len(), message.text.as_str()), (0, ""));
        }
    }
}

#[tokio::test]
async fn what_is_streamed_again_and_again_is_written_down_once() {
    let (_folder, store) = opened().await;
    let store = store.as_ref();
    subscribe(store, id(1)).await;
    store.commit(vec![raise(id(1), "a", Cause::Connected)]).await.expect("raised");
    for (channel, second) in [("portal", 1), ("portal", 2), ("api", 3), ("portal", 4)] {
        let (notifications, channel) = (vec![1], channel.to_owned());
        let streamed = EventsCommand::Streamed { notifications, channel, at: at(second) };
        do_all(store, vec![streamed]).await;
    }
    let lines = store.delivery_lines(1, 9).await.expect("lines");
    let lines: Vec<_> = lines.iter().map(|line| (line.channel.as_str(), line.at)).collect();
    assert_eq!(lines, [("portal", at(1)), ("api", at(3))]);
}
