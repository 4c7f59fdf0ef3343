package com.withampersand.sdk.testkit;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/**
 * Runs a {@link FakeSalesforce} and, if asked, a {@link FakeAmpersand} as a process of their own,
 * for products and tests in other languages: {@code java -cp 'lib/*'
 * com.withampersand.sdk.testkit.StandaloneFakes fakes.properties}. The guide on the fakes lists the
 * settings.
 */
public final class StandaloneFakes implements AutoCloseable {
  private final FakeSalesforce salesforce;
  private final Optional<FakeAmpersand> ampersand;

  private StandaloneFakes(FakeSalesforce salesforce, Optional<FakeAmpersand> ampersand) {
    this.salesforce = salesforce;
    this.ampersand = ampersand;
  }

  /**
   * Starts the fakes, prints where they are, and runs until the process is ended.
   *
   * @param args the file of the settings
   * @throws IllegalArgumentException if there is no such argument, or a setting is wrong
   * @throws IOException if the file cannot be read
   * @throws InterruptedException if the thread is interrupted
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 1) {
      throw new IllegalArgumentException("the one argument is the properties file");
    }
    try (StandaloneFakes fakes = start(read(Path.of(args[0])))) {
      fakes.print(System.out);
      new CountDownLatch(1).await();
    }
  }

  private static Properties read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    return properties;
  }

  /**
   * Starts the fakes.
   *
   * @throws IllegalArgumentException if a setting is wrong; the message names it
   * @throws IOException if the certificate cannot be written
   */
  static StandaloneFakes start(Properties properties) throws IOException {
    StandaloneSettings settings = new StandaloneSettings(properties);
    FakeSalesforce salesforce = settings.salesforce().start();
    try {
      settings.addOrgs(salesforce);
      Optional<FakeAmpersand.Builder> ampersand = settings.ampersand(salesforce);
      Optional<Path> file = settings.certificateFile();
      settings.requireAllRead();
      if (file.isPresent()) {
        Files.writeString(file.get(), salesforce.certificateAuthority());
      }
      return new StandaloneFakes(salesforce, ampersand.map(FakeAmpersand.Builder::start));
    } catch (IOException | RuntimeException e) {
      salesforce.close();
      throw e;
    }
  }

  FakeSalesforce salesforce() {
    return salesforce;
  }

  Optional<FakeAmpersand> ampersand() {
    return ampersand;
  }

  /** Prints a line for each address, and one that says that all is ready. */
  void print(PrintStream out) {
    List<FakeOrg> orgs = salesforce.orgs();
    orgs.forEach(org -> line(out, "org " + org.name(), org.uri() + " and " + org.myDomain()));
    line(out, "proxy", salesforce.proxyUri());
    ampersand.map(FakeAmpersand::apiUri).ifPresent(uri -> line(out, "ampersand", uri));
    ampersand
        .map(FakeAmpersand::callbackUri)
        .ifPresent(uri -> line(out, "ampersand callback", uri));
    line(out, "ready", salesforce.uri());
    out.flush();
  }

  private static void line(PrintStream out, String name, Object address) {
    out.println(name + ": " + address);
  }

  @Override
  public void close() {
    ampersand.ifPresent(FakeAmpersand::close);
    salesforce.close();
  }
}
