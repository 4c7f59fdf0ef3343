package com.withampersand.sdk.testkit;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives fakes to tests of JUnit Jupiter: methods of a test, {@code @BeforeEach} and
 * {@code @AfterEach} among them, may have a {@link FakeSalesforce} and a {@link FakeAmpersand} as
 * parameters. They are started for each test, are the same in all its methods, and are closed after
 * it; the {@code FakeAmpersand} belongs to the {@code FakeSalesforce}. The class of the test says
 * {@code @ExtendWith(FakesExtension.class)}.
 *
 * <pre>{@code
 * @Test
 * void sync_sessionHasEnded_refreshes(FakeSalesforce salesforce) {
 *   Product product = new Product(salesforce.environment());
 *   product.connected(salesforce.approve(product.connectUrl()));
 *   salesforce.expireSessions();
 *   product.sync();
 * }
 * }</pre>
 *
 * <p>Needs {@code junit-jupiter-api}, which the kit does not bring. Safe to share between threads.
 */
@SuppressWarnings("exports") // A module that uses this class requires JUnit itself.
public final class FakesExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace FAKES = Namespace.create(FakesExtension.class);

  private final Supplier<FakeSalesforce> salesforce;

  /** Creates an extension that starts fakes with every default, for {@code @ExtendWith}. */
  public FakesExtension() {
    this(FakeSalesforce::start);
  }

  private FakesExtension(Supplier<FakeSalesforce> salesforce) {
    this.salesforce = salesforce;
  }

  /**
   * Creates an extension that starts a Salesforce of the test's own, for
   * {@code @RegisterExtension}.
   *
   * @param salesforce starts one; called for each test
   */
  public static FakesExtension of(Supplier<FakeSalesforce> salesforce) {
    return new FakesExtension(Objects.requireNonNull(salesforce, "salesforce"));
  }

  /** Tells whether a parameter is a fake, and one of a method that belongs to one test. */
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return context.getTestMethod().isPresent()
        && (type == FakeSalesforce.class || type == FakeAmpersand.class);
  }

  /** Returns the fake of the test. */
  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == FakeSalesforce.class
        ? salesforce(context)
        : find(context, FakeAmpersand.class)
            .orElseGet(() -> keep(context, FakeAmpersand.start(salesforce(context))));
  }

  private FakeSalesforce salesforce(ExtensionContext context) {
    return find(context, FakeSalesforce.class).orElseGet(() -> keep(context, salesforce.get()));
  }

  private static <T> Optional<T> find(ExtensionContext context, Class<T> type) {
    return Optional.ofNullable(context.getStore(FAKES).get(type, type));
  }

  private static <T> T keep(ExtensionContext context, T fake) {
    context.getStore(FAKES).put(fake.getClass(), fake);
    return fake;
  }

  /** Closes the fakes of the test. */
  @Override
  public void afterEach(ExtensionContext context) {
    find(context, FakeAmpersand.class).ifPresent(FakeAmpersand::close);
    find(context, FakeSalesforce.class).ifPresent(FakeSalesforce::close);
  }
}
