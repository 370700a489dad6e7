use jiff::Timestamp;

use super::Aws;
use crate::eks::{AUDIT_STREAMS, AwsError, LogsApi, Page, log_group};

const FILTER: &str = "logs:FilterLogEvents";

impl LogsApi for Aws {
    async fn audit_events(
        &self,
        from: Timestamp,
        until: Timestamp,
        next: Option<&str>,
    ) -> Result<Page<String>, AwsError> {
        // few commands need it
        let logs = self.logs.get_or_init(|| aws_sdk_cloudwatchlogs::Client::new(&self.config));
        let call = logs
            .filter_log_events()
            .log_group_name(log_group(&self.cluster))
            .log_stream_name_prefix(AUDIT_STREAMS)
            .start_time(from.as_millisecond())
            .end_time(until.as_millisecond())
            .set_next_token(next.map(str::to_owned));
        let answer = self.call(FILTER, call.send()).await?;
        let items = answer.events.unwrap_or_default().into_iter().filter_map(|event| event.message);
        Ok(Page { items: items.collect(), next: answer.next_token.filter(|token| !token.is_empty()) })
    }
}
