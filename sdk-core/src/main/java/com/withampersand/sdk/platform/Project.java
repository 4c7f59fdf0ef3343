package com.withampersand.sdk.platform;

/**
 * A project in Ampersand.
 *
 * @param id its ID
 * @param name its name, unique in Ampersand
 * @param appName the name that users see while they connect
 * @param orgId the ID of the organisation that it belongs to
 */
public record Project(String id, String name, String appName, String orgId) {
  static Project of(Members members) {
    return new Project(
        members.require("id"),
        members.require("name"),
        members.text("appName").orElse(""),
        members.text("orgId").orElse(""));
  }
}
