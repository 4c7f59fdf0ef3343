package com.withampersand.sdk.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many processes on one PostgreSQL. */
@Tag("storm")
@Timeout(300)
@ExtendWith(DatabaseServers.class)
class JdbcTokenStoreStormTest {
  private static final int PROCESSES = 8;
  private static final int THREADS = 25;
  private static final int ROUNDS = 2;

  private final Secret cipherKey = TokenCipher.newKey();
  private final String url;
  private final GrantTable table;
  private final JdbcTokenStore store;

  JdbcTokenStoreStormTest(PostgresServer server) {
    url = server.url();
    table = GrantTable.create(server.pool());
    store =
        JdbcTokenStore.builder(table.dataSource(), TokenCipher.builder("k1", cipherKey).build())
            .table(table.name())
            .build();
    store.save(
        StormProcess.KEY,
        TokenSet.builder(Secret.of("token"), Instant.parse("2026-11-24T12:00:00Z")).build());
  }

  @Test
  void update_byThreadsOfManyProcesses_losesNothingAndIsNeverInTwoAtOnce() throws Exception {
    List<Child> children = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        children.add(child("mark", "p" + i, String.valueOf(THREADS), String.valueOf(ROUNDS)));
      }
      for (Child child : children) {
        assertThat(child.read()).isEqualTo(StormProcess.READY);
      }
      for (Child child : children) {
        child.write("go");
      }
      for (Child child : children) {
        assertThat(child.read()).isEqualTo("never two at once: true");
        assertThat(child.exitCode()).isZero();
      }
    } finally {
      children.forEach(Child::close);
    }

    assertThat(marks()).hasSize(PROCESSES * THREADS * ROUNDS).doesNotHaveDuplicates();
    assertThat(table.leases()).isZero();
  }

  @Test
  void update_holderKilled_isTakenOverWhenTheLeaseHasRunOut() throws Exception {
    try (Child holder = child("hold", "PT2S")) {
      assertThat(holder.read()).isEqualTo(StormProcess.INSIDE);

      holder.kill();
      Optional<TokenSet> taken =
          store.update(StormProcess.KEY, tokens -> StormProcess.marked(tokens, "taken"));

      assertThat(taken).isPresent();
      assertThat(marks()).containsExactly("taken");
      assertThat(table.leases()).isZero();
    }
  }

  private Stream<String> marks() {
    String marks = store.find(StormProcess.KEY).orElseThrow().attribute("marks").orElseThrow();
    return Stream.of(marks.split(" "));
  }

  private Child child(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(StormProcess.class.getName());
    command.addAll(List.of(url, table.name(), cipherKey.reveal()));
    command.addAll(List.of(arguments));
    return new Child(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** A process of our own. */
  private static final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;

    Child(Process process) {
      this.process = process;
      this.output = process.inputReader(UTF_8);
      this.input = process.outputWriter(UTF_8);
    }

    String read() throws IOException {
      return String.valueOf(output.readLine());
    }

    void write(String line) throws IOException {
      input.write(line);
      input.newLine();
      input.flush();
    }

    int exitCode() throws InterruptedException {
      return process.waitFor();
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
