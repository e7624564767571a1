//! Command-line options of the programs, as getopt reads them.

/// The options and operands of one command line.
#[derive(Clone, Debug, Default)]
pub(in crate::world::shell) struct Options {
    set: Vec<(String, String)>,
    /// What is no option, in order.
    pub(in crate::world::shell) operands: Vec<String>,
}

impl Options {
    /// Reads a command line. `valued` names the options that take a value: letters one by one, long names in words:
    /// `"o m output max-time"`.
    pub(in crate::world::shell) fn parse(args: &[String], valued: &str) -> Options {
        let takes = |name: &str| valued.split(' ').any(|known| known == name);
        let mut options = Options::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "--" {
                options.operands.extend(args.cloned());
                break;
            }
            if let Some(long) = arg.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (long, None),
                };
                let value = match value {
                    None if takes(name) => args.next().cloned().unwrap_or_default(),
                    value => value.unwrap_or_default(),
                };
                options.set.push((name.to_owned(), value));
                continue;
            }
            let Some(letters) = arg.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                options.operands.push(arg.clone());
                continue;
            };
            for (i, letter) in letters.char_indices() {
                let name = letter.to_string();
                if !takes(&name) {
                    options.set.push((name, String::new()));
                    continue;
                }
                let rest = letters
                    .get(i.saturating_add(letter.len_utf8())..)
                    .unwrap_or("");
                let value = if rest.is_empty() {
                    args.next().cloned().unwrap_or_default()
                } else {
                    rest.to_owned()
                };
                options.set.push((name, value));
                break;
            }
        }
        options
    }

    /// Whether any of these options was given: `"r R recursive"`.
    pub(in crate::world::shell) fn has(&self, names: &str) -> bool {
        self.set
            .iter()
            .any(|(name, _)| names.split(' ').any(|known| known == name))
    }

    /// The last value of any of these options.
    pub(in crate::world::shell) fn value(&self, names: &str) -> Option<&str> {
        let known = |name: &str| names.split(' ').any(|known| known == name);
        self.set
            .iter()
            .rev()
            .find(|(name, _)| known(name))
            .map(|(_, value)| value.as_str())
    }

    /// All values of any of these options, in order.
    pub(in crate::world::shell) fn values<'a>(
        &'a self,
        names: &'a str,
    ) -> impl Iterator<Item = &'a str> {
        let known = move |name: &str| names.split(' ').any(|known| known == name);
        self.set
            .iter()
            .filter(move |(name, _)| known(name))
            .map(|(_, value)| value.as_str())
    }

    /// All options in order.
    pub(in crate::world::shell) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.set
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first number among the options, as `head -5` has it.
    pub(in crate::world::shell) fn digits(&self) -> Option<usize> {
        let digits: String = self
            .set
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.len() == 1 && name.chars().all(|c| c.is_ascii_digit()))
            .collect();
        digits.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str, valued: &str) -> Options {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Options::parse(&args, valued)
    }

    #[test]
    fn letters_values_and_operands_mix_as_in_getopt() {
        let options = parse("-sSLo out --max-time=3 url -X POST -- -x", "o X max-time");
        assert!(options.has("S") && options.has("L location"));
        assert_eq!(options.value("o output"), Some("out"));
        assert_eq!(options.value("max-time"), Some("3"));
        assert_eq!(options.operands, ["url", "-x"]);
    }

    #[test]
    fn a_number_can_be_an_option() {
        assert_eq!(parse("-12 f", "n").digits(), Some(12));
    }
}
