namespace Granary.Gateway.Schemas;

/// <summary>A tool parameter that a client also sends as an HTTP header.</summary>
/// <param name="Name">The annotation, for example <c>Region</c>.</param>
/// <param name="Path">The names from the arguments down to the value.</param>
/// <param name="Type">How header and value are compared.</param>
public sealed record McpHeaderParameter(string Name, IReadOnlyList<string> Path, McpHeaderParameterType Type)
{
    /// <summary>The header field: <c>Mcp-Param-</c> and the name.</summary>
    public string Header { get; } = $"Mcp-Param-{Name}";
}

/// <summary>The types whose values have one spelling in a header.</summary>
public enum McpHeaderParameterType
{
    /// <summary>Compared as text.</summary>
    String,

    /// <summary>Compared as a number: <c>42.0</c> is 42.</summary>
    Integer,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,
}
