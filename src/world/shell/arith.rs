//! Arithmetic expansion: signed 64-bit numbers that wrap, as in the shells of today.

use super::vars::Value;
use super::{Halt, Shell};
use brush_parser::ast::{
    ArithmeticExpr, ArithmeticTarget, BinaryOperator, UnaryAssignmentOperator, UnaryOperator,
};

/// How often a variable may name another expression before that counts as a loop.
const MAX_INDIRECTION: u32 = 16;

impl Shell<'_, '_> {
    /// Evaluates an expression whose parameters are still to be expanded.
    pub(super) fn arithmetic(&mut self, raw: &str) -> Result<i64, Halt> {
        let text = self.expand_text(raw)?;
        self.evaluate_text(&text, 0)
    }

    fn evaluate_text(&mut self, text: &str, level: u32) -> Result<i64, Halt> {
        if let Ok(number) = text.trim().parse::<i64>()
            && !text.trim().starts_with('0')
        {
            return Ok(number);
        }
        match super::syntax::arithmetic(text.trim()) {
            Some(expression) if level < MAX_INDIRECTION => self.evaluate(&expression, level),
            _ => self.fail(
                2,
                &format!("arithmetic expression: expecting primary: \"{text}\""),
            ),
        }
    }

    fn evaluate(&mut self, expression: &ArithmeticExpr, level: u32) -> Result<i64, Halt> {
        self.step()?;
        Ok(match expression {
            ArithmeticExpr::Literal(number) => *number,
            ArithmeticExpr::Reference(target) => self.number_of(target, level)?,
            ArithmeticExpr::UnaryOp(operator, operand) => {
                let value = self.evaluate(operand, level)?;
                match operator {
                    UnaryOperator::UnaryPlus => value,
                    UnaryOperator::UnaryMinus => value.wrapping_neg(),
                    UnaryOperator::BitwiseNot => !value,
                    UnaryOperator::LogicalNot => i64::from(value == 0),
                }
            }
            ArithmeticExpr::BinaryOp(operator, left, right) => {
                let left = self.evaluate(left, level)?;
                match (operator, left) {
                    (BinaryOperator::LogicalAnd, 0) => 0,
                    (BinaryOperator::LogicalOr, value) if value != 0 => 1,
                    _ => {
                        let right = self.evaluate(right, level)?;
                        self.combine(*operator, left, right)?
                    }
                }
            }
            ArithmeticExpr::Conditional(condition, yes, no) => {
                let chosen = if self.evaluate(condition, level)? != 0 {
                    yes
                } else {
                    no
                };
                self.evaluate(chosen, level)?
            }
            ArithmeticExpr::Assignment(target, value) => {
                let value = self.evaluate(value, level)?;
                self.put(target, value, level)?
            }
            ArithmeticExpr::BinaryAssignment(operator, target, operand) => {
                let left = self.number_of(target, level)?;
                let right = self.evaluate(operand, level)?;
                let value = self.combine(*operator, left, right)?;
                self.put(target, value, level)?
            }
            ArithmeticExpr::UnaryAssignment(operator, target) => {
                let old = self.number_of(target, level)?;
                let (new, result) = match operator {
                    UnaryAssignmentOperator::PrefixIncrement => {
                        (old.wrapping_add(1), old.wrapping_add(1))
                    }
                    UnaryAssignmentOperator::PrefixDecrement => {
                        (old.wrapping_sub(1), old.wrapping_sub(1))
                    }
                    UnaryAssignmentOperator::PostfixIncrement => (old.wrapping_add(1), old),
                    UnaryAssignmentOperator::PostfixDecrement => (old.wrapping_sub(1), old),
                };
                self.put(target, new, level)?;
                result
            }
        })
    }

    fn combine(&mut self, operator: BinaryOperator, left: i64, right: i64) -> Result<i64, Halt> {
        let bits = u32::try_from(right & 63).unwrap_or(0);
        Ok(match operator {
            BinaryOperator::Power => left.wrapping_pow(u32::try_from(right).unwrap_or(0)),
            BinaryOperator::Multiply => left.wrapping_mul(right),
            BinaryOperator::Divide if right != 0 => left.wrapping_div(right),
            BinaryOperator::Modulo if right != 0 => left.wrapping_rem(right),
            BinaryOperator::Divide | BinaryOperator::Modulo => {
                return self.fail(2, "arithmetic expression: division by zero");
            }
            BinaryOperator::Comma => right,
            BinaryOperator::Add => left.wrapping_add(right),
            BinaryOperator::Subtract => left.wrapping_sub(right),
            BinaryOperator::ShiftLeft => left.wrapping_shl(bits),
            BinaryOperator::ShiftRight => left.wrapping_shr(bits),
            BinaryOperator::LessThan => i64::from(left < right),
            BinaryOperator::LessThanOrEqualTo => i64::from(left <= right),
            BinaryOperator::GreaterThan => i64::from(left > right),
            BinaryOperator::GreaterThanOrEqualTo => i64::from(left >= right),
            BinaryOperator::Equals => i64::from(left == right),
            BinaryOperator::NotEquals => i64::from(left != right),
            BinaryOperator::BitwiseAnd => left & right,
            BinaryOperator::BitwiseXor => left ^ right,
            BinaryOperator::BitwiseOr => left | right,
            BinaryOperator::LogicalAnd => i64::from(left != 0 && right != 0),
            BinaryOperator::LogicalOr => i64::from(left != 0 || right != 0),
        })
    }

    fn number_of(&mut self, target: &ArithmeticTarget, level: u32) -> Result<i64, Halt> {
        let text = match target {
            ArithmeticTarget::Variable(name) => self.read_variable(name),
            ArithmeticTarget::ArrayElement(name, index) => {
                let index = self.evaluate(index, level)?;
                self.read_item(name, index)
            }
        };
        match text.as_deref().map(str::trim) {
            None | Some("") => Ok(0),
            Some(text) => self.evaluate_text(text, level.saturating_add(1)),
        }
    }

    fn put(&mut self, target: &ArithmeticTarget, value: i64, level: u32) -> Result<i64, Halt> {
        match target {
            ArithmeticTarget::Variable(name) => {
                self.assign(name, Value::Text(value.to_string()))?;
            }
            ArithmeticTarget::ArrayElement(name, index) => {
                let index = self.evaluate(index, level)?;
                self.assign_item(name, index, value.to_string())?;
            }
        }
        Ok(value)
    }
}
