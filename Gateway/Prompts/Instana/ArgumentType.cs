namespace Granary.Gateway.Prompts.Instana;

/// <summary>How an argument's text is read. Clients send every prompt argument as text.</summary>
internal enum ArgumentType
{
    /// <summary>As it is.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>Epoch milliseconds become a number; dates stay text for the tool to read.</summary>
    Time,

    /// <summary>A JSON list, or values separated by commas.</summary>
    List,

    /// <summary>A JSON list of <c>{metric, aggregation}</c>, or <c>calls:SUM,latency:P90</c>.</summary>
    Metrics,

    /// <summary>A JSON object.</summary>
    Object,
}
