namespace Microsoft.ML;

/// <summary>Fills <paramref name="value"/> with a column's value at the row's position; a buffer passed in is reused where it fits.</summary>
public delegate void ValueGetter<TValue>(ref TValue value);
