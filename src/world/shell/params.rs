//! Expansion of parameters: `$x`, `${x:-y}`, `${x%pattern}`, `${x//a/b}`, `$@`, `$?` and their like.

use super::change::{part, recased, replaced, without};
use super::expand::{Expansion, unescape};
use super::pattern::End;
use super::vars::Value;
use super::{Halt, Shell, quote, syntax};
use brush_parser::ast::UnexpandedArithmeticExpr;
use brush_parser::word::{
    Parameter, ParameterExpr, ParameterTestType, ParameterTransformOp, SpecialParameter, WordPiece,
};

/// The value of a parameter, before an operator is applied.
#[derive(Clone, Debug)]
enum Found {
    Unset,
    Text(String),
    Words(Vec<String>),
}

impl Found {
    fn text(self) -> Option<String> {
        match self {
            Found::Unset => None,
            Found::Text(text) => Some(text),
            Found::Words(words) => Some(words.join(" ")),
        }
    }

    fn is_set(&self, test: &ParameterTestType) -> bool {
        let null_counts_as_unset = matches!(test, ParameterTestType::UnsetOrNull);
        match self {
            Found::Unset => false,
            Found::Text(text) => !(null_counts_as_unset && text.is_empty()),
            Found::Words(words) => !words.is_empty(),
        }
    }

    /// Applies a change to the text, or to each of several words.
    fn map(self, change: impl Fn(&str) -> String) -> Expansion {
        match self {
            Found::Unset => Expansion::Text(String::new()),
            Found::Text(text) => Expansion::Text(change(&text)),
            Found::Words(words) => {
                Expansion::Words(words.iter().map(|word| change(word)).collect())
            }
        }
    }
}

impl From<Found> for Expansion {
    fn from(found: Found) -> Expansion {
        found.map(str::to_owned)
    }
}

impl Shell<'_, '_> {
    /// Whether a piece is a list such as `$@` that has nothing in it.
    pub(super) fn is_empty_list(&self, piece: &WordPiece) -> bool {
        let WordPiece::ParameterExpansion(ParameterExpr::Parameter { parameter, .. }) = piece
        else {
            return false;
        };
        match parameter {
            Parameter::Special(SpecialParameter::AllPositionalParameters {
                concatenate: false,
            }) => self.state.params.is_empty(),
            Parameter::NamedWithAllIndices {
                name,
                concatenate: false,
            } => self.items(name).is_empty(),
            _ => false,
        }
    }

    pub(super) fn expand_parameter(
        &mut self,
        expression: &ParameterExpr,
    ) -> Result<Expansion, Halt> {
        self.step()?;
        match expression {
            ParameterExpr::Parameter {
                parameter,
                indirect,
            } => {
                let found = self.find(parameter, *indirect)?;
                if matches!(found, Found::Unset) && self.state.options.nounset {
                    return self.unset_error(parameter);
                }
                Ok(found.into())
            }
            ParameterExpr::UseDefaultValues { .. }
            | ParameterExpr::AssignDefaultValues { .. }
            | ParameterExpr::IndicateErrorIfNullOrUnset { .. }
            | ParameterExpr::UseAlternativeValue { .. } => self.conditional(expression),
            ParameterExpr::ParameterLength {
                parameter,
                indirect,
            } => {
                let length = match self.find(parameter, *indirect)? {
                    Found::Unset => 0,
                    Found::Text(text) => text.chars().count(),
                    Found::Words(words) => words.len(),
                };
                Ok(Expansion::Text(length.to_string()))
            }
            ParameterExpr::Substring {
                parameter,
                indirect,
                offset,
                length,
            } => self.substring(parameter, *indirect, offset, length.as_ref()),
            ParameterExpr::Transform {
                parameter,
                indirect,
                op,
            } => {
                let found = self.find(parameter, *indirect)?;
                Ok(transform(found, op))
            }
            ParameterExpr::VariableNames {
                prefix,
                concatenate,
            } => {
                let names = self.state.vars.iter().map(|(name, _)| name.clone());
                let names = names
                    .filter(|name| name.starts_with(prefix.as_str()))
                    .collect();
                Ok(self.list(names, *concatenate).into())
            }
            ParameterExpr::MemberKeys {
                variable_name,
                concatenate,
            } => {
                let keys = match self
                    .state
                    .vars
                    .get(variable_name)
                    .and_then(|v| v.value.as_ref())
                {
                    Some(Value::List(items)) => items.keys().map(u64::to_string).collect(),
                    Some(Value::Text(_)) => vec!["0".to_owned()],
                    None => Vec::new(),
                };
                Ok(self.list(keys, *concatenate).into())
            }
            ParameterExpr::ReplaceSubstring { .. } => self.replace(expression),
            _ => self.by_pattern(expression),
        }
    }

    /// `-`, `=`, `?` and `+`, with or without a colon.
    fn conditional(&mut self, expression: &ParameterExpr) -> Result<Expansion, Halt> {
        let raw = |word: &Option<String>| Expansion::Raw(word.clone().unwrap_or_default());
        match expression {
            ParameterExpr::UseDefaultValues {
                parameter,
                indirect,
                test_type,
                default_value,
            } => {
                let found = self.find(parameter, *indirect)?;
                Ok(if found.is_set(test_type) {
                    found.into()
                } else {
                    raw(default_value)
                })
            }
            ParameterExpr::UseAlternativeValue {
                parameter,
                indirect,
                test_type,
                alternative_value,
            } => {
                let found = self.find(parameter, *indirect)?;
                Ok(if found.is_set(test_type) {
                    raw(alternative_value)
                } else {
                    Expansion::Text(String::new())
                })
            }
            ParameterExpr::AssignDefaultValues {
                parameter,
                indirect,
                test_type,
                default_value,
            } => {
                let found = self.find(parameter, *indirect)?;
                if found.is_set(test_type) {
                    return Ok(found.into());
                }
                let value = self.expand_text(default_value.as_deref().unwrap_or(""))?;
                if let Parameter::Named(name) = parameter {
                    self.assign(name, Value::Text(value.clone()))?;
                }
                Ok(Expansion::Text(value))
            }
            ParameterExpr::IndicateErrorIfNullOrUnset {
                parameter,
                indirect,
                test_type,
                error_message,
            } => {
                let found = self.find(parameter, *indirect)?;
                if found.is_set(test_type) {
                    return Ok(found.into());
                }
                let message = match error_message {
                    Some(message) => self.expand_text(message)?,
                    None => "parameter not set".to_owned(),
                };
                self.fail(2, &format!("{}: {message}", name_of(parameter)))
            }
            _ => Ok(Expansion::Text(String::new())),
        }
    }

    fn unset_error(&mut self, parameter: &Parameter) -> Result<Expansion, Halt> {
        self.fail(2, &format!("{}: parameter not set", name_of(parameter)))
    }

    fn substring(
        &mut self,
        parameter: &Parameter,
        indirect: bool,
        offset: &UnexpandedArithmeticExpr,
        length: Option<&UnexpandedArithmeticExpr>,
    ) -> Result<Expansion, Halt> {
        let found = self.find(parameter, indirect)?;
        let offset = self.arithmetic(&offset.value)?;
        let length = match length {
            Some(length) => Some(self.arithmetic(&length.value)?),
            None => None,
        };
        Ok(match found {
            // `${@:1}` counts from `$1`.
            Found::Words(words) => {
                let positional = matches!(parameter, Parameter::Special(_));
                let offset = if positional {
                    offset.saturating_sub(1).max(0)
                } else {
                    offset
                };
                Expansion::Words(part(&words, offset, length).to_vec())
            }
            found => {
                let chars: Vec<char> = found.text().unwrap_or_default().chars().collect();
                Expansion::Text(part(&chars, offset, length).iter().collect())
            }
        })
    }

    fn replace(&mut self, expression: &ParameterExpr) -> Result<Expansion, Halt> {
        let ParameterExpr::ReplaceSubstring {
            parameter,
            indirect,
            pattern,
            replacement,
            match_kind,
        } = expression
        else {
            return Ok(Expansion::Text(String::new()));
        };
        let found = self.find(parameter, *indirect)?;
        let pattern = self.expand_glyphs(pattern)?;
        let replacement = self.expand_text(replacement.as_deref().unwrap_or(""))?;
        Ok(found.map(|text| replaced(text, &pattern, &replacement, match_kind)))
    }

    /// Operators that take a pattern: prefixes, suffixes and letter case.
    fn by_pattern(&mut self, expression: &ParameterExpr) -> Result<Expansion, Halt> {
        use ParameterExpr as P;
        let (parameter, indirect, pattern) = match expression {
            P::RemoveSmallestSuffixPattern {
                parameter,
                indirect,
                pattern,
            }
            | P::RemoveLargestSuffixPattern {
                parameter,
                indirect,
                pattern,
            }
            | P::RemoveSmallestPrefixPattern {
                parameter,
                indirect,
                pattern,
            }
            | P::RemoveLargestPrefixPattern {
                parameter,
                indirect,
                pattern,
            }
            | P::UppercaseFirstChar {
                parameter,
                indirect,
                pattern,
            }
            | P::UppercasePattern {
                parameter,
                indirect,
                pattern,
            }
            | P::LowercaseFirstChar {
                parameter,
                indirect,
                pattern,
            }
            | P::LowercasePattern {
                parameter,
                indirect,
                pattern,
            } => (parameter, *indirect, pattern),
            _ => return Ok(Expansion::Text(String::new())),
        };
        let found = self.find(parameter, indirect)?;
        let glyphs = match pattern {
            Some(pattern) => self.expand_glyphs(pattern)?,
            None => Vec::new(),
        };
        Ok(match expression {
            P::RemoveSmallestSuffixPattern { .. } => {
                found.map(|t| without(t, &glyphs, End::Suffix, false))
            }
            P::RemoveLargestSuffixPattern { .. } => {
                found.map(|t| without(t, &glyphs, End::Suffix, true))
            }
            P::RemoveSmallestPrefixPattern { .. } => {
                found.map(|t| without(t, &glyphs, End::Prefix, false))
            }
            P::RemoveLargestPrefixPattern { .. } => {
                found.map(|t| without(t, &glyphs, End::Prefix, true))
            }
            P::UppercaseFirstChar { .. } => found.map(|t| recased(t, &glyphs, true, true)),
            P::UppercasePattern { .. } => found.map(|t| recased(t, &glyphs, true, false)),
            P::LowercaseFirstChar { .. } => found.map(|t| recased(t, &glyphs, false, true)),
            _ => found.map(|t| recased(t, &glyphs, false, false)),
        })
    }

    fn find(&mut self, parameter: &Parameter, indirect: bool) -> Result<Found, Halt> {
        let found = self.find_direct(parameter)?;
        if !indirect {
            return Ok(found);
        }
        match found.text().as_deref().and_then(syntax::parameter) {
            Some(parameter) => self.find_direct(&parameter),
            None => Ok(Found::Unset),
        }
    }

    fn find_direct(&mut self, parameter: &Parameter) -> Result<Found, Halt> {
        let text = match parameter {
            Parameter::Positional(0) => Some(self.state.name.clone()),
            Parameter::Positional(n) => {
                let index = usize::try_from(n.saturating_sub(1)).unwrap_or(usize::MAX);
                self.state.params.get(index).cloned()
            }
            Parameter::Special(special) => return Ok(self.special(special)),
            Parameter::Named(name) => self.read_variable(name),
            Parameter::NamedWithIndex { name, index } => {
                let index = self.arithmetic(index)?;
                self.read_item(name, index)
            }
            Parameter::NamedWithAllIndices { name, concatenate } => {
                let items = self.items(name);
                return Ok(self.list(items, *concatenate));
            }
        };
        Ok(text.map_or(Found::Unset, Found::Text))
    }

    fn items(&self, name: &str) -> Vec<String> {
        match self
            .state
            .vars
            .get(name)
            .and_then(|variable| variable.value.as_ref())
        {
            Some(Value::List(items)) => items.values().cloned().collect(),
            Some(Value::Text(text)) => vec![text.clone()],
            None => Vec::new(),
        }
    }

    fn list(&self, items: Vec<String>, concatenate: bool) -> Found {
        if !concatenate {
            return Found::Words(items);
        }
        let separator = match self.state.vars.text("IFS") {
            Some(separators) => separators
                .chars()
                .next()
                .map(String::from)
                .unwrap_or_default(),
            None => " ".to_owned(),
        };
        Found::Text(items.join(&separator))
    }

    fn special(&self, special: &SpecialParameter) -> Found {
        let state = &self.state;
        match special {
            SpecialParameter::AllPositionalParameters { concatenate } => {
                self.list(state.params.clone(), *concatenate)
            }
            SpecialParameter::PositionalParameterCount => {
                Found::Text(state.params.len().to_string())
            }
            SpecialParameter::LastExitStatus => Found::Text(state.status.to_string()),
            SpecialParameter::CurrentOptionFlags => Found::Text(state.options.letters()),
            SpecialParameter::ProcessId => Found::Text(self.pid.to_string()),
            SpecialParameter::LastBackgroundProcessId => match state.last_background {
                Some(pid) => Found::Text(pid.to_string()),
                None => Found::Unset,
            },
            SpecialParameter::ShellName => Found::Text(state.name.clone()),
        }
    }
}

fn name_of(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Positional(number) => number.to_string(),
        Parameter::Named(name)
        | Parameter::NamedWithIndex { name, .. }
        | Parameter::NamedWithAllIndices { name, .. } => name.clone(),
        Parameter::Special(_) => "!".to_owned(),
    }
}

fn transform(found: Found, op: &ParameterTransformOp) -> Expansion {
    match op {
        ParameterTransformOp::Quoted
        | ParameterTransformOp::PossiblyQuoteWithArraysExpanded { .. } => found.map(quote),
        ParameterTransformOp::ExpandEscapeSequences => found.map(unescape),
        ParameterTransformOp::ToLowerCase => found.map(str::to_lowercase),
        ParameterTransformOp::ToUpperCase => found.map(str::to_uppercase),
        ParameterTransformOp::CapitalizeInitial => found.map(|text| recased(text, &[], true, true)),
        ParameterTransformOp::PromptExpand
        | ParameterTransformOp::ToAssignmentLogic
        | ParameterTransformOp::ToAttributeFlags => found.into(),
    }
}
