//! The folder of schemas, compared and written. The program's own tests have this file, too, for its events.

use std::path::Path;

use serde_json::Value;

/// Whether the folder has this schema; with `EKSODUS_EXPECTED` it has it afterwards.
#[expect(clippy::disallowed_methods, reason = "a test that is told to writes what it expects")]
pub fn is_kept(name: &str, schema: &Value) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas").join(format!("{name}.schema.json"));
    if std::env::var("EKSODUS_EXPECTED").is_ok() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(schema).unwrap())).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str::<Value>(&kept).is_ok_and(|kept| kept == *schema)
}
