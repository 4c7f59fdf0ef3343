package com.withampersand.sdk.token.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.mysql.cj.jdbc.MysqlDataSource;
import com.withampersand.sdk.TokenCanary;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.TokenCipher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.slf4j.LoggerFactory;

/** No token is in what the drivers of databases log, however much they are told to log. */
@Timeout(180)
@ExtendWith(Servers.Resolver.class)
class DriverLogCanaryTest {
  /** A line of a dump, as MariaDB's and MySQL's drivers write it. */
  private static final Pattern DUMPED =
      Pattern.compile("(?m)^(?:\\|[0-9a-fA-F]+\\| )?((?:[0-9a-fA-F]{2} +){1,16})");

  private final Servers servers;
  @TempDir private Path directory;

  DriverLogCanaryTest(Servers servers) {
    this.servers = servers;
  }

  /** A driver that logs all that it can. */
  enum Driver {
    POSTGRESQL {
      @Override
      List<String> log(DriverLogCanaryTest test, Life life) {
        Logger logger = Logger.getLogger("org.postgresql");
        Records records = new Records();
        logger.setLevel(Level.FINEST);
        logger.setUseParentHandlers(false);
        logger.addHandler(records);
        try {
          life.over(test.servers.postgres().dataSource());
        } finally {
          logger.removeHandler(records);
          logger.setUseParentHandlers(true);
          logger.setLevel(null);
        }
        return List.copyOf(records.lines);
      }
    },
    MARIADB {
      @Override
      List<String> log(DriverLogCanaryTest test, Life life) throws SQLException {
        var real = (MariaDbDataSource) test.servers.mariaDb().dataSource(MariaDbServer.ROOT);
        real.setUrl(real.getUrl() + "&maxQuerySizeToLog=1000000&dumpQueriesOnException=true");
        return logged("org.mariadb.jdbc", () -> life.over(real));
      }
    },
    MYSQL {
      @Override
      List<String> log(DriverLogCanaryTest test, Life life) {
        var real = (MysqlDataSource) test.servers.mariaDb().mysqlDataSource(MariaDbServer.ROOT);
        real.setUrl(
            real.getUrl()
                + "&logger=Slf4JLogger&profileSQL=true&traceProtocol=true"
                + "&maxQuerySizeToLog=1000000&dumpQueriesOnException=true");
        return logged("MySQL", () -> life.over(real));
      }
    },
    H2 {
      @Override
      List<String> log(DriverLogCanaryTest test, Life life) throws IOException {
        JdbcDataSource real = new JdbcDataSource();
        real.setURL(
            "jdbc:h2:"
                + test.directory.resolve("grants")
                + ";DB_CLOSE_DELAY=-1;TRACE_LEVEL_FILE=3;TRACE_MAX_FILE_SIZE=1000");
        life.over(real);
        new GrantTable(real, "none").run("SHUTDOWN");
        try (Stream<Path> files = Files.walk(test.directory)) {
          return files.filter(Files::isRegularFile).flatMap(Driver::lines).toList();
        }
      }
    };

    /** Lives over the driver, and returns what it logged meanwhile. */
    abstract List<String> log(DriverLogCanaryTest test, Life life) throws IOException, SQLException;

    private static List<String> logged(String name, Runnable life) {
      var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(name);
      ListAppender<ILoggingEvent> events = new ListAppender<>();
      events.start();
      logger.addAppender(events);
      try {
        life.run();
      } finally {
        logger.detachAppender(events);
      }
      return List.copyOf(events.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static Stream<String> lines(Path file) {
      try {
        return Files.readString(file, StandardCharsets.ISO_8859_1).lines();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** What is done over a driver. */
  private interface Life {
    void over(DataSource dataSource);
  }

  /** Keeps what is logged by {@code java.util.logging}. */
  private static final class Records extends Handler {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final SimpleFormatter formatter = new SimpleFormatter();

    Records() {
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord entry) {
      lines.add(formatter.format(entry));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Returns the lines and, where they are dumps, what was dumped. */
  private static List<String> readable(List<String> lines) {
    List<String> readable = new ArrayList<>(lines);
    lines.stream().map(DriverLogCanaryTest::dumped).forEach(readable::add);
    return readable;
  }

  private static String dumped(String line) {
    String digits =
        DUMPED
            .matcher(line)
            .results()
            .map((MatchResult row) -> row.group(1).replace(" ", ""))
            .collect(Collectors.joining());
    return new String(HexFormat.of().parseHex(digits), StandardCharsets.ISO_8859_1);
  }

  private List<String> log(Driver driver, Consumer<TokenStore> life)
      throws IOException, SQLException {
    return readable(
        driver.log(this, dataSource -> life.accept(GrantTable.create(dataSource).store())));
  }

  @ParameterizedTest
  @EnumSource
  void r04_wholeLife_driverThatLogsAll_logsNoToken(Driver driver) throws Exception {
    try (TokenCanary canary = new TokenCanary()) {
      List<String> log = log(driver, canary::runOver);

      assertThat(log).hasSizeGreaterThan(200).anyMatch(line -> line.contains("v2."));
      canary.assertNothingShown(log);
    }
  }

  @ParameterizedTest
  @EnumSource
  void search_driverThatLogsAllOfPlainText_findsTheTokens(Driver driver) throws Exception {
    try (TokenCanary canary = new TokenCanary()) {
      List<String> log =
          log(driver, store -> canary.runOver(store, TokenCipher.storingPlainText()));

      assertThat(TokenCanary.foundIn(log)).hasSizeGreaterThan(10);
    }
  }

  @Test
  void dump_isReadByItsBytes() {
    String mariaDb = "|000000| 43 61 6E 61 72 79 21 2B  43 | Canary!+C        |\n";
    String mySql = "43 61 6e 61 72 79 21 2b     C a n a r y ! + \n";

    assertThat(dumped(mariaDb)).isEqualTo("Canary!+C");
    assertThat(dumped(mySql)).isEqualTo("Canary!+");
    assertThat(dumped("no dump")).isEmpty();
  }
}
