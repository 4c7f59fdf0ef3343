package com.withampersand.sdk.token.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.MariaDbDataSource;

/** A MariaDB server of the tests' own, from a Maven artifact, in a directory of its own. */
final class MariaDbServer implements AutoCloseable {
  static final String ROOT = "root";

  private static final int CONNECTIONS = 12;

  private final Process process;
  private final Path directory;
  private final int port;
  private @Nullable SmallPool pool;
  private @Nullable SmallPool mysqlPool;

  private MariaDbServer(Process process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
  }

  static MariaDbServer start() {
    try {
      Path home = MariaDbHome.unpacked();
      Path directory = Files.createTempDirectory("mariadb");
      install(home, directory);
      int port = freePort();
      Process process =
          command(
                  home.resolve("bin/mariadbd").toString(),
                  "--no-defaults",
                  "--basedir=" + home,
                  "--datadir=" + directory.resolve("data"),
                  "--socket=" + directory.resolve("socket"),
                  "--pid-file=" + directory.resolve("pid"),
                  "--port=" + port,
                  "--bind-address=127.0.0.1",
                  "--skip-ssl",
                  "--innodb-flush-log-at-trx-commit=0",
                  "--log-warnings=0",
                  user())
              .start();
      MariaDbServer server = new MariaDbServer(process, directory, port);
      server.awaitReady();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void install(Path home, Path directory) throws IOException {
    run(
        "sh",
        home.resolve("scripts/mariadb-install-db").toString(),
        "--no-defaults",
        "--basedir=" + home,
        "--datadir=" + directory.resolve("data"),
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--force",
        user());
  }

  /** MariaDB runs as root only if it is told to. */
  private static String user() {
    return "--user=" + System.getProperty("user.name");
  }

  private static ProcessBuilder command(String... words) {
    return new ProcessBuilder(words).redirectErrorStream(true);
  }

  private static void run(String... words) throws IOException {
    Process process = command(words).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (exitCode(process) != 0) {
      throw new IOException(List.of(words) + " failed: " + output);
    }
  }

  private static int exitCode(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Leaves the stream open: the server goes on writing a few lines. */
  private void awaitReady() throws IOException {
    List<String> lines = new ArrayList<>();
    BufferedReader output = process.inputReader(UTF_8);
    String line = output.readLine();
    while (line != null && !line.contains("ready for connections")) {
      lines.add(line);
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException("MariaDB did not start: " + lines);
    }
  }

  /** Returns where MariaDB's own driver connects to. */
  DataSource dataSource(String user) {
    try {
      return new MariaDbDataSource(
          "jdbc:mariadb://127.0.0.1:"
              + port
              + "/grants?sslMode=disable&createDatabaseIfNotExist="
              + user.equals(ROOT)
              + "&user="
              + user);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns where MySQL's driver connects to. */
  DataSource mysqlDataSource(String user) {
    var dataSource = new com.mysql.cj.jdbc.MysqlDataSource();
    dataSource.setUrl(
        "jdbc:mysql://127.0.0.1:"
            + port
            + "/grants?createDatabaseIfNotExist=true&sslMode=DISABLED&user="
            + user);
    return dataSource;
  }

  /** Returns connections of MariaDB's driver that are made once. */
  SmallPool pool() {
    if (pool == null) {
      pool = SmallPool.of(dataSource(ROOT), CONNECTIONS);
    }
    return pool;
  }

  /** Returns connections of MySQL's driver that are made once. */
  SmallPool mysqlPool() {
    if (mysqlPool == null) {
      mysqlPool = SmallPool.of(mysqlDataSource(ROOT), CONNECTIONS);
    }
    return mysqlPool;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    exitCode(process);
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
    }
  }
}
