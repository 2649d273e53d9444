import type { OptionFault } from '../../config/faults.js';
import type { View } from './view.js';

/** What `config check` found. `ids` are the names of the options. */
export const configurationFaultView: View<OptionFault> = {
  columns: [
    { name: 'option', value: ({ option }) => option },
    { name: 'fault', value: ({ message }) => message, min: 20, max: 400 },
  ],
  forPeople: ['option', 'fault'],
  idOf: ({ option }) => option ?? '',
};
