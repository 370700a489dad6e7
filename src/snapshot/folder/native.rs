use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::documents::{Misread, json_documents};

/// The one JSON document of a text.
pub(super) fn one<T: DeserializeOwned>(text: &str) -> Result<T, Misread> {
    let mut documents = json_documents(text)?;
    match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => Ok(document),
        (Some(_), false) => Err(Misread::new("more than one document")),
        (None, _) => Err(Misread::new("it is empty")),
    }
}

/// The elements of an array, of an object that stands for itself, or of several such documents one behind the other,
/// as a loop in a shell leaves them.
pub(super) fn many<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, Misread> {
    let documents: Vec<OneOrMany<T>> = json_documents(text)?;
    if documents.is_empty() {
        return Err(Misread::new("it is empty"));
    }
    Ok(documents.into_iter().flat_map(|OneOrMany(elements)| elements).collect())
}

/// As the AWS CLI prints it.
pub(super) fn write<T: Serialize>(document: &T) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    // neither a vector nor these types, all of strings and lists, can fail
    let _ = document.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter));
    bytes.push(b'\n');
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Null is absent: what a field has that is neither there nor null, or its type's default.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The same of a field whose absence means something else.
pub(super) fn present<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    nullable(deserializer).map(Some)
}

/// A map in which a key may be null, which is as if it were absent.
pub(super) fn strings<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let given: BTreeMap<String, Option<String>> = nullable(deserializer)?;
    Ok(given.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}

struct OneOrMany<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Shapes<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array or an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(elements)).map(OneOrMany)
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(fields)).map(|one| OneOrMany(vec![one]))
            }
        }

        deserializer.deserialize_any(Shapes(std::marker::PhantomData))
    }
}

/// A time, as text: the AWS CLI prints strings or, with `cli_timestamp_format = none`, numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Time(pub String);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes;

        impl Visitor<'_> for Shapes {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time")
            }

            fn visit_str<E>(self, text: &str) -> Result<Time, E> {
                Ok(Time(text.to_owned()))
            }

            fn visit_u64<E>(self, seconds: u64) -> Result<Time, E> {
                Ok(Time(seconds.to_string()))
            }

            fn visit_i64<E>(self, seconds: i64) -> Result<Time, E> {
                Ok(Time(seconds.to_string()))
            }

            fn visit_f64<E>(self, seconds: f64) -> Result<Time, E> {
                Ok(Time(serde_json::Value::from(seconds).to_string()))
            }
        }

        deserializer.deserialize_any(Shapes)
    }
}

impl Serialize for Time {
    /// A number where it reads back as the same text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str(&self.0) {
            Ok(serde_json::Value::Number(number)) if number.to_string() == self.0 => {
                number.serialize(serializer)
            }
            _ => self.0.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_text() {
        for (json, text) in [
            ("\"2024-05-06T12:53:20.5+00:00\"", "2024-05-06T12:53:20.5+00:00"),
            ("1715000000.123", "1715000000.123"),
            ("1715000000", "1715000000"),
            ("\"1715000000.10\"", "1715000000.10"),
        ] {
            let time: Time = serde_json::from_str(json).unwrap();
            assert_eq!(time.0, text);
            assert_eq!(serde_json::to_string(&time).unwrap(), json);
        }
    }

    #[test]
    fn one_element_stands_for_a_list_and_documents_may_follow_each_other() {
        assert_eq!(many::<Vec<u8>>("[[1],[2]]\n[[3]]").unwrap(), [[1], [2], [3]]);
        assert_eq!(many::<BTreeMap<String, u8>>("{\"a\":1} {\"b\":2}").unwrap().len(), 2);
        assert_eq!(many::<u8>(" ").unwrap_err().what, "it is empty");
        let misread = many::<BTreeMap<String, u8>>("[{\"a\":\n1},\n{\"a\":x}]").unwrap_err();
        assert_eq!(misread.place.map(|place| place.line), Some(3));
    }
}
