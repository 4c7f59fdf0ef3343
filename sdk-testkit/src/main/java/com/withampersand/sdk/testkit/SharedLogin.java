package com.withampersand.sdk.testkit;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * {@code login.salesforce.com} or {@code test.salesforce.com}: serves all orgs of its kind. A
 * request is that org's whose user, code or token it names.
 */
final class SharedLogin implements HttpService {
  private final Supplier<List<FakeOrg>> orgs;
  private final Supplier<FakeOrg> otherwise;

  /**
   * @param orgs the orgs of this kind
   * @param otherwise an org that answers if none is named
   */
  SharedLogin(Supplier<List<FakeOrg>> orgs, Supplier<FakeOrg> otherwise) {
    this.orgs = orgs;
    this.otherwise = otherwise;
  }

  @Override
  public Reply answer(ReceivedRequest request) {
    return org(request).answer(request);
  }

  private FakeOrg org(ReceivedRequest request) {
    return find(org -> org.isNamedBy(request)).orElseGet(otherwise);
  }

  private Optional<FakeOrg> find(Predicate<FakeOrg> named) {
    return orgs.get().stream().filter(named).findFirst();
  }

  /** Returns what in a request may name an org. */
  static Stream<String> names(ReceivedRequest request) {
    Stream<String> members =
        Stream.of("refresh_token", "token", "code", "ticket")
            .flatMap(name -> request.form(name).stream());
    Stream<String> parameters =
        Stream.of("token", "login_hint").flatMap(name -> request.query(name).stream());
    Stream<String> others =
        Stream.of(
                request.bearer(),
                idOf(request),
                Browser.user(request),
                FakeClientGrants.subject(request))
            .flatMap(Optional::stream);
    return Stream.of(members, parameters, others).flatMap(all -> all);
  }

  private static Optional<String> idOf(ReceivedRequest request) {
    String[] path = request.path().split("/", -1);
    return path.length > 2 && path[1].equals("id") ? Optional.of(path[2]) : Optional.empty();
  }
}
