namespace Granary.Vault.Canonical;

/// <summary>A text that has no canonical form. The message is a sentence that names the place.</summary>
public sealed class CanonicalJsonException : FormatException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="problem">What is wrong, without the place and the full stop.</param>
    /// <param name="offset">Where, in bytes from the start of the text.</param>
    public CanonicalJsonException(string problem, int offset)
        : base($"{problem} (at byte {offset}).") => Offset = offset;

    /// <summary>Where, in bytes from the start of the text.</summary>
    public int Offset { get; }
}
