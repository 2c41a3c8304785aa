/* Amounts and decimals as people write them, in either language, and as programs do. Money is in
 * cents, decimals are in thousandths (kinds.h). */
#pragma once

#include <stdint.h>

#define AMOUNT_SIZE 64

/* Why a text is no amount. */
enum amount_fault {
    AMOUNT_FINE,
    AMOUNT_NONE,      /* not a number, or larger than any */
    AMOUNT_AMBIGUOUS, /* thousands, or a fraction: "1,234" in French dollars */
    AMOUNT_FRACTION   /* more decimals than are kept */
};

/* Reads "111 600 $", "80 000,50 $", "$1,234.50", "1234.5": spaces of any kind between thousands,
 * comma or point before cents. A lone comma before three digits is for thousands in English. */
enum amount_fault amount_money_read(const char *text, const char *language, int64_t *cents_r);

/* Reads "3,5", "12.75", "1 234,5", "7 %", as amount_money_read. */
enum amount_fault amount_decimal_read(
    const char *text, const char *language, int64_t *thousandths_r);

/* "1 234,50 $" in French (no-break spaces), "$1,234.50" in English; whole dollars without cents. */
void amount_money(int64_t cents, const char *language, char out[AMOUNT_SIZE]);

/* "12 345,5", "12,345.5", "3"; four figures together, as whole numbers are. */
void amount_decimal(int64_t thousandths, const char *language, char out[AMOUNT_SIZE]);

/* For programs: "111600.00". amount_money_read takes it back, in any language. */
void amount_money_plain(int64_t cents, char out[AMOUNT_SIZE]);

/* For programs: "3.5", "12", "0.125". amount_decimal_read takes it back, in any language. */
void amount_decimal_plain(int64_t thousandths, char out[AMOUNT_SIZE]);
