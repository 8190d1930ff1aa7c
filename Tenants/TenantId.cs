using System.Diagnostics.CodeAnalysis;

namespace Granary.Tenants;

/// <summary>
/// A tenant's name: 1 to 63 of <c>a-z 0-9 - _ .</c>, starting with a letter or digit. It is part of every path, key, cache
/// entry and metric, so it is checked once, here, and can be trusted everywhere else.
/// </summary>
public readonly record struct TenantId
{
    /// <summary>The longest name, in characters: fits a DNS label.</summary>
    public const int MaxLength = 63;

    private readonly string? _value;

    private TenantId(string value) => _value = value;

    /// <summary>The tenant of every caller where authentication is disabled.</summary>
    public static TenantId Default { get; } = new("default");

    /// <summary>The name itself.</summary>
    public string Value => _value ?? throw new InvalidOperationException("An uninitialised TenantId has no value.");

    /// <summary>Reads a name; <paramref name="problem"/> is a sentence for the caller.</summary>
    public static bool TryParse(string? text, out TenantId tenant, [NotNullWhen(false)] out string? problem)
    {
        tenant = default;
        problem = Check(text);
        if (problem is not null)
            return false;
        tenant = new TenantId(text!);
        return true;
    }

    /// <summary>Reads a name that must be right, from configuration for example.</summary>
    /// <exception cref="FormatException">The name is not a tenant's; the message says why.</exception>
    public static TenantId Parse(string text) =>
        TryParse(text, out var tenant, out var problem) ? tenant : throw new FormatException(problem);

    /// <inheritdoc />
    public override string ToString() => _value ?? "";

    private static string? Check(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "A tenant needs a name.";
        if (text.Length > MaxLength)
            return $"A tenant's name has at most {MaxLength} characters; this one has {text.Length}.";
        if (!char.IsAsciiLetterLower(text[0]) && !char.IsAsciiDigit(text[0]))
            return "A tenant's name starts with a lower-case letter or a digit.";
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.'))
                return "A tenant's name consists of lower-case letters, digits, '-', '_' and '.'.";
        }
        return null;
    }
}
