namespace Granary.Gateway.Invocation;

/// <summary>What a call turned out to be about, noted while it runs, for the access log and the audit.</summary>
internal sealed class CallFacts
{
    /// <summary>The tool, prompt or resource that was found by its name.</summary>
    public string? Target { get; set; }

    /// <summary>The operation of an Instana tool, as its table has it.</summary>
    public string? Operation { get; set; }

    /// <summary>The vault, or several, separated by commas.</summary>
    public string? Vault { get; private set; }

    /// <summary>How it ended.</summary>
    public CallEnd End { get; set; }

    /// <summary>Adds a vault that the call reads or writes.</summary>
    public void AddVault(string name) => Vault = Vault is null || Vault == name ? name : $"{Vault},{name}";
}

/// <summary>How a call ended.</summary>
internal enum CallEnd
{
    /// <summary>It did what was asked.</summary>
    Ok,

    /// <summary>It answered with an error that the model can act on (<c>isError</c>).</summary>
    Error,

    /// <summary>The caller may not do this, or not now.</summary>
    Refused,

    /// <summary>It ended in an error of the protocol.</summary>
    Failed,

    /// <summary>Its client gave it up.</summary>
    Cancelled,

    /// <summary>Its client is asked something; the call comes again with the answer.</summary>
    InputRequired,
}

/// <summary>The names of ends, as logs and audit events have them.</summary>
internal static class CallEndNames
{
    private static readonly string[] Names = ["ok", "error", "refused", "failed", "cancelled", "input_required"];

    public static string Name(this CallEnd end) => Names[(int)end];
}
