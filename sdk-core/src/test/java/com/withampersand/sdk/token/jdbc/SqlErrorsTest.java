package com.withampersand.sdk.token.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.TokenStoreException;
import java.io.EOFException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlErrorsTest {
  private static SQLException error(String state, int code) {
    return new SQLException("reason", state.isEmpty() ? null : state, code);
  }

  @ParameterizedTest
  @CsvSource({
    // No state at all: pools, and drivers of their own.
    "'', 0",
    // No connection, and no right to one: a password may be about to change.
    "08001, 0",
    "08006, 0",
    "28P01, 0",
    "3D000, 0",
    // Others were faster.
    "40001, 0",
    "40003, 0",
    "40P01, 0",
    "HY000, 1020",
    "HYT00, 50200",
    "90131, 90131",
    // Overloaded, stopping, starting, not the primary, waited too long.
    "53300, 0",
    "57014, 0",
    "57P01, 0",
    "57P03, 0",
    "58030, 0",
    "25006, 0",
    "55P03, 0",
    "70100, 1969",
    "HY000, 1290",
    "HY000, 1205",
    "HY000, 1836",
    "42000, 1203",
    "42000, 1226",
    "42000, 1461",
    "42P05, 0",
    "0A000, 0",
    "90067, 90067",
    "90098, 90098",
    // What this list has never heard of.
    "XX000, 0",
    "ZZ999, 7"
  })
  void isCurable_anythingThatMayGetBetter_isTrue(String state, int code) {
    assertThat(SqlErrors.isCurable(error(state, code))).isTrue();
  }

  /** What PostgreSQL 17 says to those who create a table if it is not there, at the same time. */
  @ParameterizedTest
  @CsvSource({"42P07, 0", "42710, 0", "23505, 0", "40P01, 0", "42S01, 1050", "42S21, 1060"})
  void isDefinitionConflict_anotherWasFaster_isTrue(String state, int code) {
    assertThat(SqlErrors.isDefinitionConflict(error(state, code))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"'', 0", "42501, 0", "42601, 0", "42P01, 0", "53100, 0", "22001, 0"})
  void isDefinitionConflict_nothingToDoWithOthers_isFalse(String state, int code) {
    assertThat(SqlErrors.isDefinitionConflict(error(state, code))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "22001, 0",
    "22001, 1406",
    "23502, 0",
    "23000, 1048",
    "42P01, 0",
    "42501, 0",
    "42000, 1142",
    "42S02, 1146"
  })
  void isCurable_sameStatementMustFailAgain_isFalse(String state, int code) {
    assertThat(SqlErrors.isCurable(error(state, code))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "08001, 0",
    "08006, 0",
    "08S01, 0",
    "40003, 0",
    "57P01, 0",
    "57P02, 0",
    "70100, 1969",
    "HY000, 2013",
    "XX000, 0",
    "90067, 90067"
  })
  void isOutcomeUnknown_theServerMayHaveDoneIt_isTrue(String state, int code) {
    assertThat(SqlErrors.isOutcomeUnknown(error(state, code))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "22001, 0",
    "23505, 0",
    "25006, 0",
    "40001, 0",
    "40P01, 0",
    "42P01, 0",
    "42501, 0",
    "53100, 0",
    "55P03, 0",
    "57014, 0",
    "HY000, 1290",
    "HY000, 1205",
    "40001, 1205",
    "HY000, 1020"
  })
  void isOutcomeUnknown_theServerRefusedIt_isFalse(String state, int code) {
    assertThat(SqlErrors.isOutcomeUnknown(error(state, code))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"40001, 0", "40P01, 0", "40001, 1213", "HY000, 1020", "HYT00, 50200", "90131, 90131"})
  void isConflict_othersGotInTheWay_isTrue(String state, int code) {
    assertThat(SqlErrors.isConflict(error(state, code))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "40003, 0",
    "08006, 0",
    "HY000, 1205",
    "40001, 1205",
    "HYT00, 0",
    "23505, 0"
  })
  void isConflict_anythingElse_isFalse(String state, int code) {
    assertThat(SqlErrors.isConflict(error(state, code))).isFalse();
  }

  @Test
  void isDuplicate_asEachDatabaseSaysIt_isTrue() {
    assertThat(SqlErrors.isDuplicate(error("23505", 0))).isTrue();
    assertThat(SqlErrors.isDuplicate(error("23000", 1062))).isTrue();
    assertThat(SqlErrors.isDuplicate(error("23000", 1048))).isFalse();
    assertThat(SqlErrors.isDuplicate(error("", 0))).isFalse();
  }

  @Test
  void exception_ofAnError_tellsItsStateAndWhetherToTryAgain() {
    TokenStoreException passing = SqlErrors.exception("It failed", error("57P01", 7), true);
    TokenStoreException staying = SqlErrors.exception("It failed", error("42501", 8), false);
    TokenStoreException nameless = SqlErrors.exception("It failed", error("", 0), false);

    assertThat(passing).hasMessageStartingWith("It failed (SQLState 57P01, error 7). ");
    assertThat(passing.isRetryable()).isTrue();
    assertThat(passing.isOutcomeUnknown()).isTrue();
    assertThat(staying).hasMessageStartingWith("It failed (SQLState 42501, error 8). ");
    assertThat(staying.isRetryable()).isFalse();
    assertThat(staying.isOutcomeUnknown()).isFalse();
    assertThat(nameless).hasMessageContaining("try again");
  }

  @Test
  void exception_becauseOfAnInterrupt_setsTheFlagAgain() {
    SQLException error =
        new SQLException("pool", new IllegalStateException(new InterruptedException()));

    SqlErrors.exception("It failed", error, false);

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void withoutData_becauseOfAnInterrupt_setsTheFlagAgain() {
    SqlErrors.withoutData(new SQLException("driver", new InterruptedException()));

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void withoutData_ofAnError_keepsWhatItIsAndNotWhatItSays() {
    SQLException error =
        new SQLRecoverableException("row (secret)", "XX000", 3, new EOFException("secret"));
    error.setNextException(new SQLException("secret"));

    SQLException bare = SqlErrors.withoutData(error);

    assertThat((Throwable) bare)
        .hasMessageContaining("SQLRecoverableException by java.io.EOFException")
        .hasMessageNotContaining("secret")
        .hasNoCause();
    assertThat(bare.getSQLState()).isEqualTo("XX000");
    assertThat(bare.getErrorCode()).isEqualTo(3);
    assertThat((Throwable) bare.getNextException()).isNull();
    assertThat(bare.getStackTrace()).isEqualTo(error.getStackTrace());
  }

  @Test
  void withoutData_ofAnErrorThatIsOnlyToldByItsClass_staysCurable() {
    SQLException bare = SqlErrors.withoutData(new SQLNonTransientConnectionException("network"));

    assertThat(SqlErrors.isCurable(bare)).isTrue();
    assertThat(SqlErrors.isOutcomeUnknown(bare)).isTrue();
  }

  @Test
  void withoutData_causesInACircle_namesEachOnce() {
    IllegalStateException inner = new IllegalStateException("inner");
    SQLException outer = new SQLException("outer", inner);
    inner.initCause(outer);

    assertThat((Throwable) SqlErrors.withoutData(outer))
        .hasMessage("java.sql.SQLException by java.lang.IllegalStateException; messages left out");
  }
}
