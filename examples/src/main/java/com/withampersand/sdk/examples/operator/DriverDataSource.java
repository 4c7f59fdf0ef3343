package com.withampersand.sdk.examples.operator;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Connections of the JDBC driver for an address, each made anew: enough for a program that asks and
 * ends. A server takes them from a pool.
 */
final class DriverDataSource implements DataSource {
  private final String address;
  private final Driver driver;
  private final Properties properties = new Properties();

  DriverDataSource(String address, Optional<String> user, Optional<String> password) {
    this.address = address;
    this.driver = driver(address);
    user.ifPresent(name -> properties.setProperty("user", name));
    password.ifPresent(secret -> properties.setProperty("password", secret));
  }

  /** The address may hold a password, so that no message quotes it. */
  private static Driver driver(String address) {
    try {
      return DriverManager.getDriver(address);
    } catch (SQLException e) {
      throw new IllegalArgumentException(
          "There is no JDBC driver on the class path that takes the address in TOKEN_STORE: add the driver, or correct the address.");
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return connect(properties);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    Properties others = new Properties();
    others.setProperty("user", user);
    others.setProperty("password", password);
    return connect(others);
  }

  private Connection connect(Properties login) throws SQLException {
    Connection connection = driver.connect(address, login);
    if (connection == null) {
      throw new SQLException("The JDBC driver does not know the address.");
    }
    return connection;
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException("there is no log");
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("there is no log");
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("say it in the address");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("there is no log");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
