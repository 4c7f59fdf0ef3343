/** A small product with a web page on which each customer connects its Salesforce org. */
@NullMarked
package com.withampersand.sdk.examples.web;

import org.jspecify.annotations.NullMarked;
