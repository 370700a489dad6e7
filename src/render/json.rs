use crate::planner::Plan;

/// The plan itself.
///
/// # Errors
/// Never for a plan that was computed or read: its maps all have text keys.
pub fn plan(plan: &Plan) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(plan)?;
    text.push('\n');
    Ok(text)
}
