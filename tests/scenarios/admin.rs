//! The operator area: bootstrap, sign-in, tokens, audit, metrics, description.

use anyhow::Result;
use e2e::server_under_test::ServerUnderTest;
use e2e::visitor::{Seen, Visitor};
use server::demo_sims::DEMO_SIMS;
use server::store::sqlite::SqliteStore;
use server::store::{Account, Command, Store as _};

use super::purchase::buy;

/// Makes the first account and signs in with it.
pub(super) async fn operator(server: &ServerUnderTest) -> Result<(Visitor, Seen)> {
    let visitor = Visitor::trusting(&server.admin_origin(), server.running.tls_roots.as_deref())?;
    let page = visitor.open("/").await?;
    assert_eq!(page.heading(), "Make the first account");
    let wrong = [("secret", "guess"), ("name", "ada"), ("password", "correct horse battery")];
    let refused = visitor.press(&page, "Make", &wrong).await?;
    assert!(refused.alert().contains("No account was made"), "{}", refused.alert());
    let secret = server.running.bootstrap.clone().expect("a secret");
    let short = [("secret", secret.as_str()), ("name", "ada"), ("password", "short")];
    let refused = visitor.press(&refused, "Make", &short).await?;
    assert!(refused.alert().contains("12 characters"), "{}", refused.alert());
    let right =
        [("secret", secret.as_str()), ("name", "ada"), ("password", "correct horse battery")];
    let login = visitor.press(&refused, "Make", &right).await?;
    assert_eq!(login.heading(), "Sign in");
    let wrong = [("name", "ada"), ("password", "correct horse stapler")];
    let login = visitor.press(&login, "Sign in", &wrong).await?;
    assert!(login.alert().contains("Not signed in"), "{}", login.alert());
    let right = [("name", "ada"), ("password", "correct horse battery")];
    let home = visitor.press(&login, "Sign in", &right).await?;
    assert_eq!(home.heading(), "Orders");
    Ok((visitor, home))
}

/// Signs somebody of another role in, whose password is that of the first account.
pub(super) async fn colleague(server: &ServerUnderTest, role: &str) -> Visitor {
    let path = server.data.path().join("broadgate.sqlite");
    let store = SqliteStore::open(&path).expect("the store");
    let ada = store.account("ada".to_owned()).await.expect("read").expect("the first account");
    let name = format!("a-{role}");
    let account = Account { name: name.clone(), role: role.to_owned(), ..ada };
    store.commit(vec![Command::InsertAccount(account)]).await.expect("made");
    let visitor = Visitor::trusting(&server.admin_origin(), server.running.tls_roots.as_deref());
    let visitor = visitor.expect("visitor");
    let login = visitor.open("/login").await.expect("the sign-in page");
    let typed = [("name", name.as_str()), ("password", "correct horse battery")];
    let home = visitor.press(&login, "Sign in", &typed).await.expect("signed in");
    assert_eq!(home.heading(), "Orders");
    visitor
}

#[tokio::test]
async fn the_bootstrap_secret_makes_one_account_and_changes_are_audited() {
    let server = ServerUnderTest::start().await.expect("server");
    let (visitor, home) = operator(&server).await.expect("signed in");
    let fields = [("name", "bss"), ("scopes", "orders:read")];
    assert_eq!(home.heading(), "Orders");
    let tokens = visitor.open("/tokens").await.expect("tokens");
    let made = visitor.press(&tokens, "Make a token", &fields).await.expect("token");
    assert!(made.html.contains("bgt_"), "the token is shown once");
    let again = visitor.press(&made, "Make a token", &fields).await.expect("answer");
    assert!(again.alert().contains("No token was made"), "{}", again.alert());
    let audit = visitor.open("/audit").await.expect("audit");
    for entry in ["bootstrap: account.create ada", "ada: login ada", "ada: token.create bss"] {
        assert!(audit.html.contains(entry), "{entry} is not in {}", audit.html);
    }
    // A second first account is none.
    let other = Visitor::trusting(&server.admin_origin(), server.running.tls_roots.as_deref());
    let other = other.expect("visitor");
    let page = other.open("/bootstrap").await.expect("page");
    let secret = server.running.bootstrap.clone().expect("a secret");
    let fields =
        [("secret", secret.as_str()), ("name", "eve"), ("password", "correct horse battery")];
    let refused = other.press(&page, "Make", &fields).await.expect("answer");
    assert!(refused.alert().contains("No account was made"), "{}", refused.alert());
    server.stop().await;
}

#[tokio::test]
async fn an_order_is_read_with_a_token_of_its_scope_only() {
    let server = ServerUnderTest::start().await.expect("server");
    let customer = server.visitor().expect("visitor");
    let active = buy(&customer, &DEMO_SIMS[0].launch_path()).await;
    let code = active.path.trim_start_matches("/orders/").to_owned();
    let (visitor, _) = operator(&server).await.expect("signed in");
    let tokens_page = visitor.open("/tokens").await.expect("tokens");
    let mut tokens = Vec::new();
    for (name, scopes) in [("reader", "orders:read"), ("meter", "usage:write")] {
        let fields = [("name", name), ("scopes", scopes)];
        let made = visitor.press(&tokens_page, "Make a token", &fields).await.expect("token");
        let at = made.html.find("bgt_").expect("a token");
        let token: String = made.html[at..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            .collect();
        tokens.push(token);
    }
    let path = format!("/api/orders/{code}");
    let (status, body) = visitor.bearer(&path, &tokens[0]).await.expect("answer");
    assert_eq!(status, 200, "{body}");
    let order: api::machine::Order = serde_json::from_str(&body).expect("an order");
    assert_eq!((order.state.as_str(), order.brand.as_str()), ("active", DEMO_SIMS[0].brand));
    let events: Vec<&str> = order.events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(events.first(), Some(&"placed"));
    assert_eq!(events.last(), Some(&"activation_done"));
    assert!(!body.contains(DEMO_SIMS[0].imsi) && !body.contains(DEMO_SIMS[0].iccid), "{body}");
    assert_eq!(visitor.bearer(&path, &tokens[1]).await.expect("answer").0, 403);
    assert_eq!(visitor.bearer(&path, "bgt_wrong").await.expect("answer").0, 401);
    server.stop().await;
}

#[tokio::test]
async fn the_description_names_every_route_and_each_answers() {
    let server = ServerUnderTest::start().await.expect("server");
    let roots = server.running.tls_roots.clone();
    let admin = Visitor::trusting(&server.admin_origin(), roots.as_deref()).expect("visitor");
    let portal = server.visitor().expect("visitor");
    for (query, client, described) in [
        ("", &admin, server::admin::routes().described),
        ("?listener=portal", &portal, server::http::routes(true).described),
    ] {
        let text = admin.open(&format!("/api/openapi.json{query}")).await.expect("description");
        let text: serde_json::Value = serde_json::from_str(&text.html).expect("json");
        let paths = text["paths"].as_object().expect("paths");
        let count: usize = paths.values().map(|path| path.as_object().map_or(0, |o| o.len())).sum();
        assert_eq!(count, described.len(), "each route is described once");
        for (method, path, _) in described {
            assert!(paths[path][method.to_lowercase()].is_object(), "{method} {path}");
            let path = path.replace("{code}", "0000000000").replace(['{', '}'], "");
            let status = client.status_of(method, &path).await.expect("answer");
            assert_ne!(status, 405, "{method} {path}");
        }
    }
    let metrics = admin.open("/metrics").await.expect("metrics");
    assert!(metrics.html.contains("broadgate_http_requests_total"), "{}", metrics.html);
    server.stop().await;
}

/// Nothing of the operator area is on the portal's listeners.
#[tokio::test]
async fn the_portal_shows_nothing_of_the_operator_area() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    for path in ["/metrics", "/login", "/bootstrap", "/audit", "/api/openapi.json", "/api/orders/x"]
    {
        assert_eq!(visitor.open(path).await.expect("answer").status, 404, "{path}");
    }
    server.stop().await;
}
