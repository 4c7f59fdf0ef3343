package com.withampersand.sdk.token.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.TokenCanary;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No token is in plain in any statement, parameter or column. */
@Timeout(120)
class JdbcCanaryTest {
  private final List<String> sent = new CopyOnWriteArrayList<>();

  /** A data source that notes each statement and each parameter. */
  private final class Overheard extends TestDataSource {
    private final DataSource real;

    Overheard(DataSource real) {
      this.real = real;
    }

    private Object heard(Object target, Method method, Object[] arguments) throws Throwable {
      sent.add(method.getName() + " " + Arrays.toString(arguments));
      Object result = call(target, method, arguments);
      return result instanceof PreparedStatement statement
          ? proxy(PreparedStatement.class, (called, given) -> heard(statement, called, given))
          : result;
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = real.getConnection();
      return proxy(Connection.class, (method, arguments) -> heard(connection, method, arguments));
    }
  }

  @Test
  void r04_wholeLife_inADatabase_showsNoToken() {
    GrantTable table = GrantTable.create(Database.h2("canary"));

    try (TokenCanary canary = new TokenCanary()) {
      canary.runOver(table.builder(new Overheard(table.dataSource())).build());
      sent.addAll(table.read("SELECT sealed FROM # WHERE sealed IS NOT NULL"));

      canary.assertNothingShown(sent);
    }
    assertThat(sent).anyMatch(text -> text.startsWith("setString")).hasSizeGreaterThan(200);
  }
}
