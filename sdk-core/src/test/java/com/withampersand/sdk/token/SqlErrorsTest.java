package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.TokenStoreException;
import java.io.EOFException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlErrorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "08001", "08006", "40001", "40P01", "53300", "57014", "57P01", "57P03", "58030", "HYT00",
        "25006", "55P03", "70100", "90067", "90098", "90121", "90131"
      })
  void isCurable_stateThatPasses_isTrue(String state) {
    assertThat(SqlErrors.isCurable(new SQLException("reason", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"22001", "23505", "28P01", "42P01", "42501", "XX000", "HY000", ""})
  void isCurable_stateThatStays_isFalse(String state) {
    assertThat(SqlErrors.isCurable(new SQLException("reason", state))).isFalse();
  }

  static Stream<SQLException> curable() {
    return Stream.of(
        new SQLTransientConnectionException("pool"),
        new SQLNonTransientConnectionException("network"),
        new SQLRecoverableException("driver"));
  }

  @ParameterizedTest
  @MethodSource("curable")
  void isCurable_typeThatSaysSo_isTrueWithoutAState(SQLException e) {
    assertThat(SqlErrors.isCurable(e)).isTrue();
  }

  @Test
  void isDuplicate_asEachDatabaseSaysIt_isTrue() {
    assertThat(SqlErrors.isDuplicate(new SQLException("PostgreSQL, H2", "23505"))).isTrue();
    assertThat(SqlErrors.isDuplicate(new SQLException("MariaDB", "23000", 1062))).isTrue();
    assertThat(SqlErrors.isDuplicate(new SQLException("not null", "23000", 1048))).isFalse();
    assertThat(SqlErrors.isDuplicate(new SQLException("none"))).isFalse();
  }

  @Test
  void isConflict_rolledBackForOthers_isTrue() {
    assertThat(SqlErrors.isConflict(new SQLException("serialization", "40001"))).isTrue();
    assertThat(SqlErrors.isConflict(new SQLException("deadlock", "40P01"))).isTrue();
    assertThat(SqlErrors.isConflict(new SQLException("H2", "90131"))).isTrue();
    assertThat(SqlErrors.isConflict(new SQLException("network", "08006"))).isFalse();
  }

  @Test
  void exception_ofAnError_tellsItsStateAndWhetherToTryAgain() {
    TokenStoreException passing =
        SqlErrors.exception("It failed", new SQLException("reason", "57P01", 7));
    TokenStoreException staying =
        SqlErrors.exception("It failed", new SQLException("reason", "42501", 8));

    assertThat(passing).hasMessageStartingWith("It failed (SQLState 57P01, error 7). ");
    assertThat(passing.isRetryable()).isTrue();
    assertThat(staying).hasMessageStartingWith("It failed (SQLState 42501, error 8). ");
    assertThat(staying.isRetryable()).isFalse();
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
    assertThat(SqlErrors.isCurable(bare)).isTrue();
    assertThat((Throwable) bare.getNextException()).isNull();
    assertThat(bare.getStackTrace()).isEqualTo(error.getStackTrace());
  }
}
