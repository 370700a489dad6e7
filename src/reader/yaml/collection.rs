use std::collections::BTreeMap;
use std::rc::Rc;

use super::number::Number;
use super::{Data, Fault, Pair, Value};
use crate::reader::Span;

/// A list or mapping while it is being filled.
pub(super) struct Collection {
    contents: Contents,
    /// Whether EKS looks at what is in it.
    kept: bool,
    /// A key that JSON cannot have; nothing that follows takes it away again.
    bad_key: Option<Box<Fault>>,
}

enum Contents {
    List { values: Vec<Value>, fault: Option<Box<Fault>>, height: u32 },
    Map { pairs: Vec<Pair>, index: BTreeMap<Key, usize> },
}

/// A key as Go compares it: a number is never equal to a string, nor an integer to a float.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Text(Rc<str>),
    Bool(bool),
    Int(i64),
    Float(u64),
}

impl Collection {
    pub(super) fn list(kept: bool) -> Self {
        let contents = Contents::List { values: Vec::new(), fault: None, height: 0 };
        Self { contents, kept, bad_key: None }
    }

    pub(super) fn map(kept: bool) -> Self {
        Self { contents: Contents::Map { pairs: Vec::new(), index: BTreeMap::new() }, kept, bad_key: None }
    }

    /// An element of a list.
    pub(super) fn push(&mut self, mut value: Value) {
        let Contents::List { values, fault, height } = &mut self.contents else { return };
        *height = value.height.max(*height);
        if fault.is_none() {
            *fault = value.fault.take();
        }
        if self.kept {
            values.push(value);
        }
    }

    /// A pair of a mapping. The same key again replaces the value, with all that was wrong about it.
    pub(super) fn put(&mut self, key: Value, value: Value) {
        let Contents::Map { pairs, index } = &mut self.contents else { return };
        let Some((identity, name)) = name(&key.data) else {
            let fault = Fault::new(format!("JSON cannot have {} as a key", bad(&key.data)), key.span.start);
            self.bad_key.get_or_insert(Box::new(fault));
            return;
        };
        let place = match identity {
            Some(identity) => *index.entry(identity).or_insert(pairs.len()),
            None => pairs.len(),
        };
        let pair = Pair { key: name, key_span: key.span, value };
        if place < pairs.len() {
            pairs[place] = pair;
        } else {
            pairs.push(pair);
        }
    }

    pub(super) fn close(self, span: Span) -> Value {
        let (data, fault, height) = match self.contents {
            Contents::List { mut values, fault, height } => {
                values.shrink_to_fit();
                (Data::List(values), fault, height)
            }
            Contents::Map { mut pairs, index: _ } => {
                let height = pairs.iter().map(|pair| pair.value.height).max().unwrap_or(0);
                let fault = pairs.iter_mut().find_map(|pair| pair.value.fault.take());
                if !self.kept {
                    pairs = Vec::new();
                }
                pairs.shrink_to_fit();
                (Data::Map(pairs), self.bad_key.or(fault), height)
            }
        };
        Value { span, data, fault, height: height + 1 }
    }
}

/// A key and its name in JSON; no key for NaN, which equals nothing; `None` for what JSON cannot have as a key.
fn name(data: &Data) -> Option<(Option<Key>, Rc<str>)> {
    match data {
        Data::Text(text) => Some((Some(Key::Text(text.clone())), text.clone())),
        Data::Bool(value) => Some((Some(Key::Bool(*value)), value.to_string().into())),
        Data::Number(Number::Int(number)) => Some((Some(Key::Int(*number)), number.to_string().into())),
        Data::Number(Number::Float(number)) => {
            // 0.0 and -0.0 are one key
            let key = (!number.is_nan()).then_some(Key::Float((number + 0.0).to_bits()));
            Some((key, number.to_string().into()))
        }
        Data::Number(Number::Uint(_)) | Data::Null | Data::List(_) | Data::Map(_) => None,
    }
}

fn bad(data: &Data) -> &'static str {
    match data {
        Data::Number(_) => "so large a number",
        data => data.kind().as_str(),
    }
}
