//! The variables of a shell.

use std::collections::BTreeMap;

/// Bytes that all variables of one shell may hold: a script that doubles a text in a loop meets this.
const MAX_BYTES: usize = 32 << 20;

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// One text.
    Text(String),
    /// An array, by index.
    List(BTreeMap<u64, String>),
}

impl Value {
    fn length(&self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            Value::List(items) => items
                .values()
                .map(|item| item.len().saturating_add(16))
                .sum(),
        }
    }
}

/// One variable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variable {
    /// Its value; `None` when it was declared without one.
    pub value: Option<Value>,
    /// Whether programs get it.
    pub exported: bool,
    /// Whether it may not be changed.
    pub readonly: bool,
    /// Whether it still has the value with which it came from outside: reading it is reading the environment.
    pub inherited: bool,
}

/// Why a variable cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is read-only.
    Readonly,
    /// All variables together would be too large.
    TooLarge,
}

/// All variables, with those that functions have covered by local ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    map: BTreeMap<String, Variable>,
    covered: Vec<BTreeMap<String, Option<Variable>>>,
    bytes: usize,
}

impl Variables {
    /// The variables with which a shell starts.
    pub(crate) fn inherit(env: &BTreeMap<String, String>) -> Variables {
        let mut variables = Variables::default();
        for (name, text) in env.iter().filter(|(name, _)| is_name(name)) {
            variables.bytes = variables.bytes.saturating_add(text.len());
            variables.map.insert(
                name.clone(),
                Variable {
                    value: Some(Value::Text(text.clone())),
                    exported: true,
                    inherited: true,
                    ..Variable::default()
                },
            );
        }
        variables
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Variable> {
        self.map.get(name)
    }

    /// The text of a variable: of an array, its first item.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.map.get(name)?.value.as_ref()? {
            Value::Text(text) => Some(text),
            Value::List(items) => items.get(&0).map(String::as_str),
        }
    }

    /// All variables by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Variable)> {
        self.map.iter()
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) -> Result<(), Refused> {
        let variable = self.map.entry(name.to_owned()).or_default();
        if variable.readonly {
            return Err(Refused::Readonly);
        }
        let old = variable.value.as_ref().map_or(0, Value::length);
        let bytes = self
            .bytes
            .saturating_sub(old)
            .saturating_add(value.length());
        if bytes > MAX_BYTES {
            return Err(Refused::TooLarge);
        }
        self.bytes = bytes;
        variable.value = Some(value);
        variable.inherited = false;
        Ok(())
    }

    /// Sets one item of an array; a plain variable becomes one.
    pub(crate) fn set_item(&mut self, name: &str, index: u64, text: String) -> Result<(), Refused> {
        let mut items = match self
            .map
            .get(name)
            .and_then(|variable| variable.value.clone())
        {
            Some(Value::List(items)) => items,
            Some(Value::Text(text)) => BTreeMap::from([(0, text)]),
            None => BTreeMap::new(),
        };
        items.insert(index, text);
        self.set(name, Value::List(items))
    }

    pub(crate) fn unset(&mut self, name: &str) -> Result<(), Refused> {
        if self.map.get(name).is_some_and(|variable| variable.readonly) {
            return Err(Refused::Readonly);
        }
        if let Some(variable) = self.map.remove(name) {
            let length = variable.value.as_ref().map_or(0, Value::length);
            self.bytes = self.bytes.saturating_sub(length);
        }
        Ok(())
    }

    /// Marks a variable, which is made without a value when there is none.
    pub(crate) fn mark(&mut self, name: &str, change: impl FnOnce(&mut Variable)) {
        change(self.map.entry(name.to_owned()).or_default());
    }

    /// Puts a variable back to what it was.
    pub(crate) fn restore(&mut self, name: &str, old: Option<Variable>) {
        match old {
            Some(variable) => self.map.insert(name.to_owned(), variable),
            None => self.map.remove(name),
        };
    }

    /// Starts a function, whose local variables end with it.
    pub(crate) fn enter(&mut self) {
        self.covered.push(BTreeMap::new());
    }

    /// Ends a function.
    pub(crate) fn leave(&mut self) {
        for (name, old) in self.covered.pop().unwrap_or_default() {
            self.restore(&name, old);
        }
    }

    /// Makes a variable local to the current function; `false` outside of one.
    pub(crate) fn local(&mut self, name: &str) -> bool {
        let old = self.map.get(name).cloned();
        let Some(covered) = self.covered.last_mut() else {
            return false;
        };
        let exported = old.as_ref().is_some_and(|variable| variable.exported);
        covered.entry(name.to_owned()).or_insert(old);
        self.map.insert(
            name.to_owned(),
            Variable {
                exported,
                ..Variable::default()
            },
        );
        true
    }

    /// What programs get.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let exported = self.map.iter().filter(|(_, variable)| variable.exported);
        exported
            .filter_map(|(name, _)| Some((name.clone(), self.text(name)?.to_owned())))
            .collect()
    }
}

/// Whether a text can be the name of a variable.
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_variable_ends_with_its_function() {
        let mut variables = Variables::default();
        variables.set("x", Value::Text("out".into())).unwrap();
        variables.enter();
        assert!(variables.local("x"));
        variables.set("x", Value::Text("in".into())).unwrap();
        assert_eq!(variables.text("x"), Some("in"));
        variables.leave();
        assert_eq!(variables.text("x"), Some("out"));
    }

    #[test]
    fn a_value_set_by_the_script_is_no_longer_inherited() {
        let mut variables = Variables::inherit(&BTreeMap::from([("A".into(), "1".into())]));
        assert!(variables.get("A").unwrap().inherited);
        variables.set("A", Value::Text("2".into())).unwrap();
        assert!(!variables.get("A").unwrap().inherited);
        assert_eq!(variables.environment()["A"], "2");
    }
}
