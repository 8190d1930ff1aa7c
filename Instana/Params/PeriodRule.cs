namespace Granary.Instana.Params;

/// <summary>How an operation's period is sent.</summary>
public enum PeriodStyle
{
    /// <summary>It has none.</summary>
    None,

    /// <summary><c>from</c> and <c>to</c> in the query.</summary>
    FromTo,

    /// <summary><c>windowSize</c> and <c>to</c> in the query.</summary>
    Window,

    /// <summary><c>timeFrame {windowSize, to}</c> in the body.</summary>
    Frame,

    /// <summary><c>timeConfig {windowSize, to}</c> in the body.</summary>
    Config,
}

/// <summary>An operation's period.</summary>
/// <param name="Style">How it is sent.</param>
/// <param name="Minutes">How long it is when a call names none; 0 sends nothing then.</param>
/// <param name="MaxDays">The longest one.</param>
public readonly record struct PeriodRule(PeriodStyle Style, int Minutes, int MaxDays);
