use crate::rbac::Attributes;

/// What a request consists of. A rule looks at one after the other, and at nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Namespace,
    Group,
    Resource,
    Subresource,
    Path,
    Verb,
    Name,
}

/// A request as the strings that it consists of. Empty is absent: authorizers do not tell these apart.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    fields: &'static [Field],
    strings: [&'a str; 7],
}

impl<'a> Request<'a> {
    /// In the order in which they leave the fewest rules. A URL is in no namespace.
    pub(super) const RESOURCE: Self = Self {
        fields: &[
            Field::Namespace,
            Field::Group,
            Field::Resource,
            Field::Subresource,
            Field::Verb,
            Field::Name,
        ],
        strings: [""; 7],
    };
    pub(super) const URL: Self =
        Self { fields: &[Field::Namespace, Field::Path, Field::Verb], strings: [""; 7] };

    pub(super) fn fields(&self) -> &'static [Field] {
        self.fields
    }

    pub(super) fn is_url(&self) -> bool {
        self.fields.contains(&Field::Path)
    }

    pub(super) fn get(&self, field: Field) -> &'a str {
        self.strings[field as usize]
    }

    pub(super) fn set(&mut self, field: Field, text: &'a str) {
        self.strings[field as usize] = text;
    }

    pub(super) fn new(attributes: &'a Attributes) -> Self {
        match attributes {
            Attributes::NonResource { path, verb } => {
                Self { strings: ["", "", "", "", path, verb, ""], ..Self::URL }
            }
            Attributes::Resource { namespace, verb, group, resource, subresource, name } => {
                let [namespace, subresource, name] =
                    [namespace, subresource, name].map(|it| it.as_deref().unwrap_or_default());
                let strings = [namespace, group, resource, subresource, "", verb, name];
                Self { strings, ..Self::RESOURCE }
            }
        }
    }

    pub fn namespace(&self) -> Option<&'a str> {
        Some(self.get(Field::Namespace)).filter(|name| !name.is_empty())
    }

    pub fn attributes(&self) -> Attributes {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let [namespace, group, resource, subresource, path, verb, name] = self.strings;
        if self.is_url() {
            return Attributes::NonResource { path: path.to_owned(), verb: verb.to_owned() };
        }
        Attributes::Resource {
            namespace: given(namespace),
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: given(subresource),
            name: given(name),
        }
    }
}
