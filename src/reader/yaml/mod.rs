//! YAML as the server's parser sees it. The only place that names the YAML parser.

mod events;

pub(super) use events::{Event, Events, Kind, Style, SyntaxError};
