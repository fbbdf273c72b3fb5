package org.jetfanout.service.runs;

/** A run of the template waits or goes on, and there may be only one. */
public final class TemplateBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String guid;

    TemplateBusyException(String template, String guid) {
        super(
                "run " + guid + " of template " + template + " has not ended, and only one may be",
                null,
                false,
                false);
        this.guid = guid;
    }

    /** The run that has not ended. */
    public String guid() {
        return guid;
    }
}
