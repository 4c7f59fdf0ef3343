package com.withampersand.sdk.platform;

import java.util.List;

/**
 * The projects that the credential may see.
 *
 * <p>Safe to share between threads. Errors are those of {@link AmpersandClient}.
 */
public final class Projects {
  private final ApiCalls calls;
  private final String own;

  Projects(ApiCalls calls, String own) {
    this.calls = calls;
    this.own = own;
  }

  /** Returns every project. */
  public List<Project> list() {
    return calls.list(ApiRequest.of("listing of projects", "GET", "/projects")).stream()
        .map(Project::of)
        .toList();
  }

  /** Returns the client's own project: a cheap way to see whether the credential is good. */
  public Project get() {
    return get(own);
  }

  /**
   * Returns a project.
   *
   * @param idOrName its ID or its name
   * @throws com.withampersand.sdk.ApiException with status 404 if there is none
   */
  public Project get(String idOrName) {
    return Project.of(
        calls.object(
            ApiRequest.of(
                "reading of project " + idOrName,
                "GET",
                "/projects/" + Names.segment(idOrName, "project"))));
  }
}
