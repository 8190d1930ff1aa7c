namespace Granary.Instana.Params;

/// <summary>How a parameter's value is read.</summary>
public enum ParameterKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>An identifier: a string that can stand in a path.</summary>
    Id,

    /// <summary>Identifiers: an array, a comma-separated string, or an array written as a string.</summary>
    IdList,

    /// <summary>A whole number, or a string that holds one.</summary>
    Integer,

    /// <summary>True or false, also yes/no, on/off, 1/0.</summary>
    Flag,

    /// <summary>One of a few words, without regard to case.</summary>
    Choice,

    /// <summary>Some of a few words.</summary>
    ChoiceList,

    /// <summary>A moment: epoch milliseconds or a date.</summary>
    Moment,

    /// <summary>A stretch of time that ends now, such as <c>last 2 hours</c>.</summary>
    Range,

    /// <summary>An object that holds other parameters, for clients that nest them.</summary>
    Group,
}

/// <summary>One parameter of an operation, as data: what reads it, checks it and documents it.</summary>
/// <param name="Name">Its name in <c>params</c>.</param>
/// <param name="Kind">How its value is read.</param>
/// <param name="Description">What it means, in few words: every session pays for them.</param>
public sealed record InstanaParameter(string Name, ParameterKind Kind, string Description)
{
    /// <summary>Whether the operation needs it.</summary>
    public bool Required { get; init; }

    /// <summary>The words of a choice, in the backend's spelling.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The smallest number.</summary>
    public long? Minimum { get; init; }

    /// <summary>The largest number.</summary>
    public long? Maximum { get; init; }

    /// <summary>The number that stands for an absent one.</summary>
    public long? Default { get; init; }

    /// <summary>The longest text, in characters; of a list, of each of its items.</summary>
    public int MaxLength { get; init; } = 256;

    /// <summary>The most items of a list.</summary>
    public int MaxItems { get; init; } = 200;

    /// <summary>A value that is right, for whoever sent a wrong one.</summary>
    public string? Example { get; init; }
}
