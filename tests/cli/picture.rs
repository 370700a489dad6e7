//! The picture in the README is what the binary prints.

use crate::bench::{Bench, fixture_path};

/// `EKSODUS_PICTURE=1 cargo test --test cli picture` draws it anew.
#[test]
fn the_readme_shows_the_real_plan() {
    let bench = Bench::new();
    bench.copy("quickstart", "prod-eu");
    let ran = bench.run(&["plan", "--snapshot", "prod-eu", "--color", "always", "--quiet"]);
    let top: Vec<&str> = ran.stdout.lines().take(46).collect();
    let digest = digest_in(&ran.stdout);
    let text = format!("\u{1b}[1m$ eksodus plan --snapshot prod-eu\u{1b}[0m\n{}\n…\n", top.join("\n"))
        .replace(&digest, "6ff0a82fbbee");
    let drawn = anstyle_svg::Term::new().render_svg(&text);
    let file = fixture_path("../docs/plan.svg");
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
    if std::env::var_os("EKSODUS_PICTURE").is_some() {
        std::fs::write(&file, &drawn).unwrap();
    }
    assert!(std::fs::read_to_string(&file).unwrap_or_default() == drawn, "docs/plan.svg is out of date");
}

/// The verdict names the digest's beginning; a picture that changes with every digest would be redrawn for nothing.
fn digest_in(text: &str) -> String {
    let (_, rest) = text.split_once("blake3:").unwrap();
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}
