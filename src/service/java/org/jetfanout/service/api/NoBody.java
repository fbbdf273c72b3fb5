package org.jetfanout.service.api;

/** A request that says all by its path. Its body may be missing, or is an empty object. */
public record NoBody() {}
